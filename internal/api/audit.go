package api

import (
	"context"
	"net/http"

	"github.com/noroshi-soc/noroshi/internal/auth"
)

// AuditEntry is one line of the audit log: who did what.
type AuditEntry struct {
	ID      int64  `json:"id"`
	At      Time   `json:"at"`
	By      string `json:"by" doc:"Id of the person; empty for the program itself and before sign-in"`
	ByName  string `json:"by_name"`
	Action  string `json:"action"`
	Target  string `json:"target"`
	Tenant  string `json:"tenant"`
	Detail  string `json:"detail"`
	Address string `json:"address"`
}

// AuditList is a part of the audit log, newest first.
type AuditList struct {
	Entries []AuditEntry `json:"entries"`
	Total   int          `json:"total"`
}

type auditInput struct{ Page }

func (a *api) audit() {
	register(a, administrators, route(http.MethodGet, "/audit", "list-audit", "Who did what, newest first; for administrators of all tenants", "administration"), a.listAudit)
}

func (a *api) listAudit(ctx context.Context, c *auth.Caller, in *auditInput) (*reply[AuditList], error) {
	entries, total, err := a.Gate.Entries(ctx, *c, in.Offset, in.Limit)
	if err != nil {
		return nil, err
	}
	return &reply[AuditList]{AuditList{mapped(entries, auditOf), total}}, nil
}

func auditOf(e auth.Entry) AuditEntry {
	return AuditEntry{e.ID, Time(e.At), e.By, e.ByName, e.Action, e.Target, e.Tenant, e.Detail, e.Address}
}
