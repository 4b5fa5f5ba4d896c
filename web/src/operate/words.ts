const en = {
  title: 'Operate',
  onlyAdmins: 'Only operators may see this page.',
  inService: 'Model in service',
  history: 'Models on the disk, the newest first',
  version: 'Version',
  made: 'Made',
  data: 'Data',
  models: 'Models',
  users: 'Users',
  items: 'Items',
  events: 'Events',
  defaultVariant: 'Default variant',
  variants: 'Variants',
  viewAs: 'View as user',
  viewAsWhat: 'The slate of any user, stage by stage.',
  variant: 'Variant',
  what: (n: string, m: string, hidden: string, seen: string) =>
    `${n} events, ${m} items in the catalogue, ${hidden} hidden by conditions, ${seen} already seen`,
  pastTitle: 'History the models read, the latest first',
  candidates: 'Candidates by model: rank and score',
  film: 'Film',
  weight: 'Weight',
  slate: 'The slate',
  nothing: 'Nothing',
  yes: 'in service',
};

type OperatorWords = typeof en;

const ru: OperatorWords = {
  title: 'Управление',
  onlyAdmins: 'Эту страницу видят только операторы.',
  inService: 'Модель в работе',
  history: 'Модели на диске, сначала новые',
  version: 'Версия',
  made: 'Создана',
  data: 'Данные',
  models: 'Модели',
  users: 'Пользователи',
  items: 'Фильмы',
  events: 'События',
  defaultVariant: 'Вариант по умолчанию',
  variants: 'Варианты',
  viewAs: 'Глазами пользователя',
  viewAsWhat: 'Подборка любого пользователя, шаг за шагом.',
  variant: 'Вариант',
  what: (n, m, hidden, seen) =>
    `Событий: ${n}; фильмов в каталоге: ${m}; скрыто условиями: ${hidden}; уже просмотрено: ${seen}`,
  pastTitle: 'История, которую читают модели, сначала новое',
  candidates: 'Кандидаты по моделям: место и оценка',
  film: 'Фильм',
  weight: 'Вес',
  slate: 'Подборка',
  nothing: 'Ничего',
  yes: 'в работе',
};

export function operatorWords(code: string): OperatorWords {
  return code === 'ru' ? ru : en;
}
