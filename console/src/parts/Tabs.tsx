import { useAddress } from '~/lib/address';

type Tab = { id: string; label: string; count?: number };

/** Tabs whose choice stands in the address bar; the first one is the address without the parameter. */
export function Tabs({ label, name, tabs }: { label: string; name: string; tabs: readonly Tab[] }) {
  const { get, set } = useAddress();
  const first = tabs[0]?.id ?? '';
  const current = get(name) || first;
  return (
    <div className="tabs" role="tablist" aria-label={label}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          aria-selected={tab.id === current}
          onClick={() => set({ [name]: tab.id === first ? null : tab.id }, { push: true })}
        >
          {tab.label}
          {tab.count !== undefined && <em>{tab.count}</em>}
        </button>
      ))}
    </div>
  );
}
