import { mount } from 'svelte';
import App from './app/App.svelte';
import { createApp } from './app/context';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/motifs.css';
import './styles/base.css';

const app = createApp();
app.router.start();
await app.language.use();
const target = document.getElementById('app');
if (target) mount(App, { target, props: { app } });
