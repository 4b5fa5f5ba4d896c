import type { Api } from '../api/client';
import type { LanguageCode } from '../i18n/language.svelte';
import type { Account, DeviceAccount, Me } from '../api/types';

/** Who is signed in, in this tab and, by messages, in the other tabs of this browser. */
export class Session {
  /** undefined until the server has said. */
  me = $state.raw<Me | undefined>(undefined);
  onDevice = $state.raw<DeviceAccount[]>([]);
  readonly account: Account | undefined = $derived(this.me?.account ?? undefined);
  readonly #tabs = new BroadcastChannel('tastemaker-accounts');

  constructor(private readonly api: () => Api) {
    this.#tabs.onmessage = () => void this.load();
  }

  get csrfToken(): string {
    return this.me?.csrf_token ?? '';
  }

  async load(): Promise<void> {
    this.me = await this.api().get('/api/v1/me');
  }

  async loadDevice(): Promise<void> {
    this.onDevice = await this.api().get('/api/v1/sessions');
  }

  async signIn(name: string, password: string): Promise<void> {
    this.#changed(await this.api().post('/api/v1/sessions', { body: { name, password } }));
  }

  async register(name: string, password: string, language: LanguageCode): Promise<void> {
    const body = { name, password, language };
    this.#changed(await this.api().post('/api/v1/accounts', { body }));
  }

  async switchTo(accountId: string): Promise<void> {
    const body = { account_id: accountId };
    this.#changed(await this.api().put('/api/v1/sessions/active', { body }));
    await this.loadDevice();
  }

  async signOut(): Promise<void> {
    this.#changed(await this.api().delete('/api/v1/sessions/active'));
  }

  async signOutAll(): Promise<void> {
    await this.api().delete('/api/v1/sessions');
    await this.#reload();
  }

  async change(body: {
    name?: string;
    language?: LanguageCode;
    favourite_genres?: string[];
  }): Promise<void> {
    this.me = await this.api().patch('/api/v1/me', { body });
  }

  /** Throws an ApiProblem where the server takes it for no picture. */
  async choosePicture(picture: Blob): Promise<void> {
    this.#changed(await this.api().put('/api/v1/me/picture', { body: picture }));
  }

  async removePicture(): Promise<void> {
    this.#changed(await this.api().delete('/api/v1/me/picture'));
  }

  /** After the account was erased or the server ended the session. */
  async ended(): Promise<void> {
    await this.#reload();
  }

  async #reload(): Promise<void> {
    await this.load();
    await this.loadDevice();
    this.#tabs.postMessage('changed');
  }

  #changed(me: Me): void {
    this.me = me;
    this.#tabs.postMessage('changed');
  }
}
