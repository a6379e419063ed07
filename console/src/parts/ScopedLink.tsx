import type { ComponentProps } from 'react';
import { Link } from 'react-router';
import { useAddress, type Address } from '~/lib/address';

type Props = Omit<ComponentProps<typeof Link>, 'to'> & { to: string; params?: Address };

/** A link to another page that keeps the chosen tenant and site. */
export function ScopedLink({ to, params, ...rest }: Props) {
  const address = useAddress();
  return <Link to={address.to(to, params)} {...rest} />;
}
