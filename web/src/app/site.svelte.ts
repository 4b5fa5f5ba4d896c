import type { Api } from '../api/client';
import type { ServerConfig } from '../api/types';

/** Until the server has answered: as it is without a configuration. */
const UNTIL_TOLD: ServerConfig = {
  pictures: false,
  attribution: null,
  genres: [],
  variants: [],
  registration_open: true,
  max_review_characters: 10_000,
  min_password_length: 8,
  version: '',
};

/** What the server says of itself. */
export class Site {
  config = $state.raw(UNTIL_TOLD);

  constructor(private readonly api: Api) {}

  async load(): Promise<void> {
    this.config = await this.api.get('/api/v1/config');
  }
}
