import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import '@fontsource-variable/noto-sans-jp/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './tokens.css';
import './base.css';
import './parts/parts.css';

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { Refusal } from './api/client';
import { startTheme, useTheme } from './lib/appearance';
import { startLanguage } from './lib/i18n';
import { router } from './routes';
import { theme, variables } from './theme';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      // What the server refuses it will refuse again; what did not reach it may reach it next time.
      retry: (count, error) => count < 2 && error instanceof Refusal && error.status === 0,
    },
  },
});
// When the sign-in has expired the sign-in page takes over, and leads back to where one was.
queries.getQueryCache().subscribe((event) => {
  if (event.type !== 'updated' || event.action.type !== 'error') return;
  const error = event.action.error as unknown;
  if (error instanceof Refusal && error.status === 401) queries.setQueryData(['session'], null);
});

function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} forceColorScheme={useTheme()}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Notifications position="bottom-left" limit={3} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

startTheme();
await startLanguage();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
