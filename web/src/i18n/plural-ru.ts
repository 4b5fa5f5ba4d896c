import { pluralOf } from './plural';

export const pluralRu = pluralOf((n) => {
  const [unit, inHundred] = [n % 10, n % 100];
  if (unit === 1 && inHundred !== 11) return 'one';
  return unit >= 2 && unit <= 4 && (inHundred < 12 || inHundred > 14) ? 'few' : 'many';
}, '\u00a0');
