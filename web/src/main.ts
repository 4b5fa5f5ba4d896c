import { mount } from 'svelte';
import App from './app/App.svelte';
import { ahead } from './app/ahead';
import { createApp } from './app/context';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/motifs.css';
import './styles/base.css';

/** Not awaited at the top level: other languages import this very file, which would wait for them. */
async function start(): Promise<void> {
  const app = createApp();
  app.router.start();
  await ahead(app);
  const target = document.getElementById('app');
  if (target) mount(App, { target, props: { app } });
}

// From the queue: browsers that record who asks for what read a file once more, in the way of the
// first screen, where its top level does.
queueMicrotask(() => void start());
