/** Runs once the browser has painted what is to be seen now, in a task of its own. */
export function afterPaint(act: () => void): void {
  requestAnimationFrame(() => setTimeout(act));
}
