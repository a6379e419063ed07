import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const token = (name: string) => `var(--nr-${name})`;

// Mantine asks for ten shades; the console has one primary fill, so that every shade is the same token.
const ember = Array.from({ length: 10 }, () => token('accent-fill')) as unknown as MantineColorsTuple;

/** The one Mantine theme: everything it draws takes its values from tokens.css. */
export const theme = createTheme({
  fontFamily: token('font'),
  fontFamilyMonospace: token('mono'),
  fontSizes: { xs: token('fs-1'), sm: token('fs-2'), md: token('fs-3'), lg: token('fs-4'), xl: token('fs-5') },
  spacing: { xs: token('s1'), sm: token('s2'), md: token('s3'), lg: token('s4'), xl: token('s5') },
  defaultRadius: token('r'),
  colors: { ember },
  primaryColor: 'ember',
  primaryShade: 6,
  shadows: { xs: 'none', sm: 'none', md: 'none', lg: 'none', xl: 'none' },
  components: {
    Menu: { defaultProps: { transitionProps: { duration: 0 } } },
    Modal: { defaultProps: { transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.6 } } },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 0 } } },
  },
});

const shared = {
  '--mantine-color-body': token('surface'),
  '--mantine-color-text': token('text'),
  '--mantine-color-dimmed': token('dim'),
  '--mantine-color-placeholder': token('faint'),
  '--mantine-color-default': token('surface'),
  '--mantine-color-default-hover': token('hover'),
  '--mantine-color-default-color': token('text'),
  '--mantine-color-default-border': token('line-3'),
  '--mantine-color-error': token('sev-c-ink'),
};

/** Binds Mantine's colour variables to the tokens, the same for both themes: the tokens themselves change. */
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
