export interface Notice {
  id: number;
  text: string;
  action: { label: string; run: () => void } | undefined;
}

const SHOWN_MS = 7_000;
/** There is something to press: that takes time to find by keyboard. */
const SHOWN_TO_ACT_MS = 20_000;

/** Short words at the foot of the page, read aloud by screen readers. */
export class Notices {
  shown = $state.raw<Notice[]>([]);
  #next = 0;

  say(text: string, action?: Notice['action']): void {
    const notice = { id: this.#next++, text, action };
    this.shown = [...this.shown.slice(-2), notice];
    setTimeout(() => this.dismiss(notice.id), action ? SHOWN_TO_ACT_MS : SHOWN_MS);
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }
}
