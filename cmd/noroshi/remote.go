package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/api"
)

// remote is a verb's face to the API: it completes the client, calls, and prints as a table or as JSON.
type remote struct {
	client
	json bool
}

// group makes a parent verb whose children call the API.
func (r *remote) group(use, short string, children ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short}
	r.flags(cmd)
	cmd.PersistentFlags().BoolVar(&r.json, "json", false, "print the server's answer as JSON")
	cmd.AddCommand(children...)
	return cmd
}

// verb makes a child that needs exactly these arguments.
func (r *remote) verb(use, short string, args int, run func(cmd *cobra.Command, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(args),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.complete(); err != nil {
				return err
			}
			return run(cmd, args)
		},
	}
}

// print writes the answer as JSON, or calls rows to fill a table.
func (r *remote) print(w io.Writer, answer any, header table.Row, rows func(t table.Writer)) error {
	if r.json {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(answer)
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(header)
	rows(t)
	_, err := fmt.Fprintln(w, t.Render())
	return err
}

func tenantCommand() *cobra.Command {
	var r remote
	var name, zone string
	list := r.verb("list", "List tenants with their sites", 0, func(cmd *cobra.Command, _ []string) error {
		var out api.TenantList
		if err := r.call(cmd.Context(), http.MethodGet, "/tenants", nil, &out); err != nil {
			return err
		}
		return r.print(cmd.OutOrStdout(), out, table.Row{"id", "name", "zone", "sites"}, func(t table.Writer) {
			for _, x := range out.Tenants {
				var sites []string
				for _, s := range x.Sites {
					sites = append(sites, s.ID)
				}
				t.AppendRow(table.Row{x.ID, x.Name, x.Zone, strings.Join(sites, " ")})
			}
		})
	})
	create := r.verb("create ID", "Declare a tenant (a customer, or the organisation itself)", 1, func(cmd *cobra.Command, args []string) error {
		in := map[string]any{"id": args[0], "name": orElse(name, args[0]), "zone": zone}
		var out api.Tenant
		if err := r.call(cmd.Context(), http.MethodPost, "/tenants", in, &out); err != nil {
			return err
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), "tenant", out.ID, "made")
		return err
	})
	create.Flags().StringVar(&name, "name", "", "as its people write it (default: the id)")
	create.Flags().StringVar(&zone, "zone", "Asia/Tokyo", "IANA time zone in which its times are shown")
	return r.group("tenant", "Tenants of the running server", list, create)
}

func siteCommand() *cobra.Command {
	var r remote
	var name string
	add := r.verb("add TENANT ID", "Add a site to a tenant", 2, func(cmd *cobra.Command, args []string) error {
		in := map[string]string{"id": args[1], "name": orElse(name, args[1])}
		if err := r.call(cmd.Context(), http.MethodPost, "/tenants/"+url.PathEscape(args[0])+"/sites", in, nil); err != nil {
			return err
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), "site", args[1], "added to", args[0])
		return err
	})
	add.Flags().StringVar(&name, "name", "", "as its people write it (default: the id)")
	return r.group("site", "Sites of a tenant", add)
}

func personCommand() *cobra.Command {
	var r remote
	var display, role string
	var tenants []string
	list := r.verb("list", "List people", 0, func(cmd *cobra.Command, _ []string) error {
		var out api.PersonList
		if err := r.call(cmd.Context(), http.MethodGet, "/people", nil, &out); err != nil {
			return err
		}
		return r.print(cmd.OutOrStdout(), out, table.Row{"name", "display name", "role", "tenants", "disabled", "id"}, func(t table.Writer) {
			for _, p := range out.People {
				sees := strings.Join(p.Tenants, " ")
				if p.AllTenants {
					sees = "(all)"
				}
				t.AppendRow(table.Row{p.Name, p.DisplayName, p.Role, sees, p.Disabled, p.ID})
			}
		})
	})
	create := r.verb("create NAME", "Add a person; prints a generated password once", 1, func(cmd *cobra.Command, args []string) error {
		in := map[string]any{
			"name": args[0], "display_name": orElse(display, args[0]), "role": role, "all_tenants": len(tenants) == 0, "tenants": tenants,
		}
		var out api.NewPerson
		if err := r.call(cmd.Context(), http.MethodPost, "/people", in, &out); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "person %s made; password: %s\n", out.Person.Name, out.Password)
		return err
	})
	create.Flags().StringVar(&display, "display-name", "", "as colleagues write it (default: the name)")
	create.Flags().StringVar(&role, "role", "analyst", "administrator or analyst")
	create.Flags().StringSliceVar(&tenants, "tenant", nil, "may see this tenant (repeat for more; default: all)")
	return r.group("person", "People of the running server", list, create)
}

func sourceCommand() *cobra.Command {
	var r remote
	var in struct {
		ID      string   `json:"id,omitempty"`
		Tenant  string   `json:"tenant"`
		Site    string   `json:"site,omitempty"`
		Name    string   `json:"name"`
		Format  string   `json:"format"`
		Zone    string   `json:"zone,omitempty"`
		Port    int      `json:"port,omitempty"`
		Senders []string `json:"senders,omitempty"`
	}
	list := r.verb("list", "List sources", 0, func(cmd *cobra.Command, _ []string) error {
		var out api.SourceList
		if err := r.call(cmd.Context(), http.MethodGet, "/sources", nil, &out); err != nil {
			return err
		}
		return r.print(cmd.OutOrStdout(), out, table.Row{"id", "tenant", "site", "format", "zone", "events 1h", "unparsed 1h", "refused"}, func(t table.Writer) {
			for _, s := range out.Sources {
				t.AppendRow(table.Row{s.ID, s.Tenant, s.Site, s.Format, s.Zone, s.Events1h, s.Unparsed1h, s.Refused})
			}
		})
	})
	create := r.verb("create NAME", "Declare a source; prints its token once", 1, func(cmd *cobra.Command, args []string) error {
		in.Name = args[0]
		var out api.NewSource
		if err := r.call(cmd.Context(), http.MethodPost, "/sources", in, &out); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "source %s made\naddress: %s/api/v1/ingest/%s\ntoken:   %s\n", out.Source.ID, r.server, out.Source.ID, out.Token)
		return err
	})
	f := create.Flags()
	f.StringVar(&in.Tenant, "tenant", "", "tenant that it belongs to")
	f.StringVar(&in.ID, "id", "", "part of its address (default: made from the name)")
	f.StringVar(&in.Site, "site", "", "site of the tenant")
	f.StringVar(&in.Format, "format", "auto", "auto, windows, suricata, zeek or syslog")
	f.StringVar(&in.Zone, "zone", "", "IANA zone for local times without zone (default: the tenant's)")
	f.IntVar(&in.Port, "port", 0, "own syslog port, TCP and UDP")
	f.StringSliceVar(&in.Senders, "sender", nil, "network whose syslog on the common port is this source's, 10.1.0.0/16 (repeat for more)")
	_ = create.MarkFlagRequired("tenant")
	rotate := r.verb("token ID", "Give a source a new token; the old one is refused from now on", 1, func(cmd *cobra.Command, args []string) error {
		var out api.SourceToken
		if err := r.call(cmd.Context(), http.MethodPost, "/sources/"+url.PathEscape(args[0])+"/token", nil, &out); err != nil {
			return err
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), "token:", out.Token)
		return err
	})
	return r.group("source", "Sources of the running server", list, create, rotate)
}

func tokenCommand() *cobra.Command {
	var r remote
	create := r.verb("create NAME", "Make an API token that may do what you may; printed once", 1, func(cmd *cobra.Command, args []string) error {
		var out api.NewToken
		if err := r.call(cmd.Context(), http.MethodPost, "/tokens", map[string]string{"name": args[0]}, &out); err != nil {
			return err
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), "token:", out.Token)
		return err
	})
	return r.group("token", "Your API tokens", create)
}

func auditCommand() *cobra.Command {
	var r remote
	var limit int
	list := r.verb("list", "Who did what, newest first", 0, func(cmd *cobra.Command, _ []string) error {
		var out api.AuditList
		if err := r.call(cmd.Context(), http.MethodGet, fmt.Sprintf("/audit?limit=%d", limit), nil, &out); err != nil {
			return err
		}
		return r.print(cmd.OutOrStdout(), out, table.Row{"time", "who", "action", "target", "tenant", "address"}, func(t table.Writer) {
			for _, e := range out.Entries {
				at, _ := e.At.MarshalJSON()
				t.AppendRow(table.Row{strings.Trim(string(at), `"`), e.ByName, e.Action, e.Target, e.Tenant, e.Address})
			}
		})
	})
	list.Flags().IntVar(&limit, "limit", 50, "how many lines")
	return r.group("audit", "The audit log of the running server", list)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
