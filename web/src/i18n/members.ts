import { pluralEn as plural } from './plural';
import { pluralRu } from './plural-ru';

/** Words of the pages that only members open: they are fetched with these pages. */

const en = {
  // First minutes
  welcome: (name: string) => `Welcome, ${name}`,
  welcomeWhat: 'Two small steps, and the films are chosen for you.',
  pickGenres: 'What do you like?',
  pickGenresWhat: 'Up to three genres.',
  rateSome: 'Rate what you have seen',
  rateSomeWhat: 'Your first row appears after the first rating.',
  done: 'Done: take me home',
  skipStep: 'Skip',
  yourFirstRow: 'Chosen for you',

  // Profile
  myRatings: 'Ratings',
  myReviews: 'Reviews',
  myWatchlist: 'Watchlist',
  myWatched: 'Watched',
  taste: 'Taste',
  importExport: 'Import and export',
  settings: 'Settings',
  nothingRated: 'You have rated nothing yet.',
  nothingReviewed: 'You have written no reviews yet.',
  nothingListed: 'Your watchlist is empty. Add films to it from their cards.',
  nothingWatched: 'You have marked nothing as watched yet.',
  favouriteGenres: 'Favourite genres',
  upToThree: 'Up to three',
  tasteWhat: (n: number) =>
    plural(n, {
      one: 'What the system believes about your taste, from # event',
      other: 'What the system believes about your taste, from # events',
    }),
  tasteGenres: 'Genres',
  tasteDecades: 'Decades',
  tasteFilms: 'Films that speak loudest',
  tasteNone: 'Nothing yet. Rate a film and look again.',
  event: {
    rate: 'rated',
    watched: 'watched',
    complete: 'watched to the end',
    play: 'begun',
    bookmark: 'on the watchlist',
    like: 'liked',
    view: 'looked at',
    purchase: 'bought',
  } as Record<string, string>,
  importTitle: 'Bring your ratings along',
  importWhat:
    'A CSV file from MovieLens, Letterboxd or IMDb, or the whole zip of Letterboxd. Nothing is written before you have seen what would be.',
  chooseFile: 'CSV file or zip',
  format: 'Made by',
  formatAuto: 'Find out',
  dryRun: 'See what would happen',
  importNow: 'Import',
  wouldMatch: (n: number) => plural(n, { one: '# film found', other: '# films found' }),
  notMatched: (n: number) =>
    plural(n, { one: '# film not in this catalogue', other: '# films not in this catalogue' }),
  rejected: (n: number) => plural(n, { one: '# line left out', other: '# lines left out' }),
  line: (n: number) => `Line ${n}`,
  imported: (n: number) => plural(n, { one: '# film imported', other: '# films imported' }),
  exportTitle: 'Take everything with you',
  exportWhat: 'All your ratings, reviews, lists and events, and your picture, in one file.',
  exportNow: 'Export',
  picture: 'Your picture',
  pictureWhat: 'Others see it beside your reviews. JPEG, PNG, WebP or GIF.',
  choosePicture: 'Choose a picture',
  changePicture: 'Change the picture',
  removePicture: 'Take it away',
  changePassword: 'Change the password',
  oldPassword: 'Present password',
  newPassword: 'New password',
  passwordChanged: 'The password is changed',
  erase: 'Delete everything',
  eraseWhat: 'Your account, ratings, reviews and lists are erased for good. There is no way back.',
  eraseNow: 'Delete everything for good',
  erased: 'Everything is deleted',
  signInProfile: 'Sign in to see your profile',

  // Together
  togetherTitle: 'Something for everybody',
  togetherWhat: 'One row for several people: accounts on this device, and any user ids.',
  whoWatches: 'Who watches?',
  userIds: 'User ids, separated by commas',
  togetherRow: 'For all of you',
  togetherEmpty: 'Choose at least one person.',
};

type MemberWords = typeof en;

const films = (n: number) =>
  pluralRu(n, { one: '# фильм', few: '# фильма', many: '# фильмов', other: '# фильма' });

const ru: MemberWords = {
  welcome: (name) => `Здравствуйте, ${name}`,
  welcomeWhat: 'Два шага, и фильмы выбраны для вас.',
  pickGenres: 'Что вам нравится?',
  pickGenresWhat: 'До трёх жанров.',
  rateSome: 'Оцените то, что видели',
  rateSomeWhat: 'Первая лента появится после первой оценки.',
  done: 'Готово: на главную',
  skipStep: 'Пропустить',
  yourFirstRow: 'Выбрано для вас',

  myRatings: 'Оценки',
  myReviews: 'Отзывы',
  myWatchlist: 'Буду смотреть',
  myWatched: 'Просмотрено',
  taste: 'Вкус',
  importExport: 'Импорт и экспорт',
  settings: 'Настройки',
  nothingRated: 'Вы ещё ничего не оценили.',
  nothingReviewed: 'Вы ещё не написали ни одного отзыва.',
  nothingListed: 'Список пуст. Добавляйте фильмы с их карточек.',
  nothingWatched: 'Вы ещё ничего не отметили просмотренным.',
  favouriteGenres: 'Любимые жанры',
  upToThree: 'До трёх',
  tasteWhat: (n) =>
    pluralRu(n, {
      one: 'Что система думает о вашем вкусе по # событию',
      few: 'Что система думает о вашем вкусе по # событиям',
      many: 'Что система думает о вашем вкусе по # событиям',
      other: 'Что система думает о вашем вкусе по # события',
    }),
  tasteGenres: 'Жанры',
  tasteDecades: 'Десятилетия',
  tasteFilms: 'Самые весомые фильмы',
  tasteNone: 'Пока ничего. Оцените фильм и загляните снова.',
  event: {
    rate: 'оценён',
    watched: 'просмотрен',
    complete: 'досмотрен до конца',
    play: 'начат',
    bookmark: 'в списке',
    like: 'понравился',
    view: 'открыт',
    purchase: 'куплен',
  },
  importTitle: 'Перенесите свои оценки',
  importWhat:
    'Файл CSV из MovieLens, Letterboxd или IMDb либо весь архив Letterboxd. Ничего не запишется, пока вы не увидите итог.',
  chooseFile: 'Файл CSV или zip',
  format: 'Откуда',
  formatAuto: 'Определить',
  dryRun: 'Посмотреть, что будет',
  importNow: 'Импортировать',
  wouldMatch: (n) =>
    pluralRu(n, {
      one: 'Найден # фильм',
      few: 'Найдено # фильма',
      many: 'Найдено # фильмов',
      other: 'Найдено # фильма',
    }),
  notMatched: (n) => `Нет в каталоге: ${films(n)}`,
  rejected: (n) =>
    pluralRu(n, {
      one: 'Пропущена # строка',
      few: 'Пропущено # строки',
      many: 'Пропущено # строк',
      other: 'Пропущено # строки',
    }),
  line: (n) => `Строка ${n}`,
  imported: (n) =>
    pluralRu(n, {
      one: 'Перенесён # фильм',
      few: 'Перенесено # фильма',
      many: 'Перенесено # фильмов',
      other: 'Перенесено # фильма',
    }),
  exportTitle: 'Заберите всё с собой',
  exportWhat: 'Все ваши оценки, отзывы, списки, события и фото в одном файле.',
  exportNow: 'Экспортировать',
  picture: 'Ваше фото',
  pictureWhat: 'Его видят рядом с вашими отзывами. JPEG, PNG, WebP или GIF.',
  choosePicture: 'Выбрать картинку',
  changePicture: 'Сменить картинку',
  removePicture: 'Убрать',
  changePassword: 'Сменить пароль',
  oldPassword: 'Нынешний пароль',
  newPassword: 'Новый пароль',
  passwordChanged: 'Пароль изменён',
  erase: 'Удалить всё',
  eraseWhat:
    'Учётная запись, оценки, отзывы и списки будут стёрты навсегда. Вернуть их будет нельзя.',
  eraseNow: 'Удалить всё навсегда',
  erased: 'Всё удалено',
  signInProfile: 'Войдите, чтобы увидеть профиль',

  togetherTitle: 'Фильм для всех',
  togetherWhat:
    'Одна лента на несколько человек: учётные записи на этом устройстве и любые номера.',
  whoWatches: 'Кто смотрит?',
  userIds: 'Номера через запятую',
  togetherRow: 'Для всех вас',
  togetherEmpty: 'Выберите хотя бы одного человека.',
};

export function memberWords(code: string): MemberWords {
  return code === 'ru' ? ru : en;
}
