import { Outlet } from 'react-router';
import { useSession } from '~/api/session';
import { Failure, Skeleton } from '~/parts/States';
import { ViewerProvider } from '~/parts/viewer';
import { SignIn } from './SignIn';

/** Lets through who is signed in and asks everybody else to; the address stays, so that one arrives where one wanted to go. */
export function SignedIn() {
  const session = useSession();
  if (session.data === undefined) {
    if (session.error) return <Failure error={session.error} retry={() => void session.refetch()} />;
    return <Skeleton rows={3} />;
  }
  if (session.data === null) return <SignIn />;
  return (
    <ViewerProvider session={session.data}>
      <Outlet />
    </ViewerProvider>
  );
}
