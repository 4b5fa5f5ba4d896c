/**
 * Something fetched for the screen. It is fetched again whenever what `load` reads changes; the
 * value before stays until the new one is there, and an answer that comes too late is dropped.
 * To be made while a component starts. load: undefined where there is nothing to ask for.
 */
export class Loaded<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  busy = $state(true);
  #round = $state(0);

  constructor(load: () => Promise<T> | undefined) {
    let latest = 0;
    $effect(() => {
      void this.#round;
      const mine = ++latest;
      const asked = load();
      if (!asked) {
        this.value = undefined;
        this.busy = false;
        return;
      }
      this.busy = true;
      asked.then(
        (value) => {
          if (mine !== latest) return;
          this.value = value;
          this.error = undefined;
          this.busy = false;
        },
        (error: unknown) => {
          if (mine !== latest) return;
          this.error = error;
          this.busy = false;
        },
      );
    });
  }

  again(): void {
    this.#round += 1;
  }
}
