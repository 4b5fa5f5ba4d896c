import { pluralEn as plural } from './plural';
import { pluralRu } from './plural-ru';

/** Words of what opens over a page or instead of one: they are fetched with it. */

const en = {
  noSuchPage: 'There is no such page',
  noSuchPageWhat: 'The address may be mistyped, or the page has moved.',
  toHome: 'Go to the home page',
  switchAccount: 'Switch account',
  addAccount: 'Add account',
  passwordHint: (n: number) =>
    plural(n, { one: '# character or more', other: '# characters or more' }),
  newHere: 'New here?',
  haveAccount: 'Have an account?',
  welcomeBack: 'Welcome back',
  joinTitle: 'A row of films that is yours',
  showPassword: 'Show the password',
  nowAs: (name: string) => `You are ${name} now`,
  signedOut: 'You are signed out',
  keys: {
    slash: 'Search',
    question: 'This list',
    arrows: 'Within a row or the grid',
    upDown: 'To the row above or below',
    homeEnd: 'First and last film',
    enter: 'Open the card',
    less: 'Less like this, in your own row',
    esc: 'Close the card or the menu',
  },
  noSuchFilm: 'There is no such film',
  noSuchFilmWhat: 'It may have left the catalogue. The others are still here.',
  toFilms: 'All films',
  noReviews: 'No reviews yet. Yours can be the first.',
  deleteReview: 'Delete the review',
  yourReview: 'Your review',
  reviewHint: 'What would you tell a friend?',
  reviewTooLong: (n: number) =>
    plural(n, { one: '# character too many', other: '# characters too many' }),
};

type AsideWords = typeof en;

const ru: AsideWords = {
  noSuchPage: 'Такой страницы нет',
  noSuchPageWhat: 'Возможно, в адресе опечатка или страница переехала.',
  toHome: 'На главную',
  switchAccount: 'Сменить учётную запись',
  addAccount: 'Добавить учётную запись',
  passwordHint: (n) => pluralRu(n, { one: 'Не меньше # знака', other: 'Не меньше # знаков' }),
  newHere: 'Впервые здесь?',
  haveAccount: 'Уже есть учётная запись?',
  welcomeBack: 'С возвращением',
  joinTitle: 'Ваша собственная лента фильмов',
  showPassword: 'Показать пароль',
  nowAs: (name) => `Теперь вы — ${name}`,
  signedOut: 'Вы вышли',
  keys: {
    slash: 'Поиск',
    question: 'Этот список',
    arrows: 'Внутри ленты или сетки',
    upDown: 'К ленте выше или ниже',
    homeEnd: 'Первый и последний фильм',
    enter: 'Открыть карточку',
    less: 'Меньше такого, в вашей ленте',
    esc: 'Закрыть карточку или меню',
  },
  noSuchFilm: 'Такого фильма нет',
  noSuchFilmWhat: 'Возможно, его убрали из каталога. Остальные на месте.',
  toFilms: 'Все фильмы',
  noReviews: 'Отзывов пока нет. Ваш может стать первым.',
  deleteReview: 'Удалить отзыв',
  yourReview: 'Ваш отзыв',
  reviewHint: 'Что бы вы сказали другу?',
  reviewTooLong: (n) =>
    pluralRu(n, {
      one: 'Лишний # знак',
      few: 'Лишние # знака',
      many: 'Лишних # знаков',
      other: 'Лишних # знака',
    }),
};

export function asideWords(code: string): AsideWords {
  return code === 'ru' ? ru : en;
}
