/** The pages of the navigation, with the letter that goes there after g. */
export const pages = [
  { id: 'overview', path: '/', key: 'o' },
  { id: 'alerts', path: '/alerts', key: 'a' },
  { id: 'incidents', path: '/incidents', key: 'i' },
  { id: 'search', path: '/search', key: 's' },
  { id: 'rules', path: '/rules', key: 'r' },
  { id: 'admin', path: '/admin', key: 'm' },
] as const;
