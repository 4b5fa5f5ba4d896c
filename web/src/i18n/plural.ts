type Form = 'one' | 'few' | 'many' | 'other';
export type Forms = Partial<Record<Form, string>> & { other: string };

/**
 * Chooses the form of a word for a whole count and puts the number where `#` stands. What `Intl`
 * would say, whose first use costs a phone more than a row of films does; a test holds it to that.
 * group: between thousands.
 */
export function pluralOf(formOf: (n: number) => Form, group: string) {
  return (n: number, forms: Forms): string =>
    (forms[formOf(n)] ?? forms.other).replace('#', grouped(n, group));
}

export const pluralEn = pluralOf((n) => (n === 1 ? 'one' : 'other'), ',');

function grouped(n: number, group: string): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, group);
}
