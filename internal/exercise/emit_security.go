package exercise

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	auditing       = &provider{"Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-a5ba-3e3b0328c30d}"}
	serviceControl = &provider{"Service Control Manager", "{555908d1-a6d7-4695-8e1e-26931d2012f4}"}
	powershell     = &provider{"Microsoft-Windows-PowerShell", "{a0c1853b-5c40-4b15-8766-3cf1c58f985a}"}
)

// auditTasks are the categories of the audited events, and their numbers.
var auditTasks = map[int]struct {
	number int
	name   string
	title  string
}{
	4624: {12544, "Logon", "An account was successfully logged on."},
	4625: {12544, "Logon", "An account failed to log on."},
	4634: {12545, "Logoff", "An account was logged off."},
	4647: {12545, "Logoff", "User initiated logoff:"},
	4672: {12548, "Special Logon", "Special privileges assigned to new logon."},
	4768: {14339, "Kerberos Authentication Service", "A Kerberos authentication ticket (TGT) was requested."},
	4769: {14337, "Kerberos Service Ticket Operations", "A Kerberos service ticket was requested."},
	4776: {14336, "Credential Validation", "The computer attempted to validate the credentials for an account."},
	5140: {12808, "File Share", "A network share object was accessed."},
	5145: {12811, "Detailed File Share", "A network share object was checked to see whether client can be granted desired access."},
}

func audit(id int) *winEvent {
	t := auditTasks[id]
	return &winEvent{channel: "Security", provider: auditing, id: id, task: t.number, category: t.name, title: t.title, failure: id == 4625}
}

// logonSpec is one sign-in as the host that grants it sees it.
type logonSpec struct {
	user, domain string
	kind         int    // logon type
	pack         string // Kerberos or NTLM
	from         string // address, empty for a local one
	workstation  string
	process      string
	logonID      string
	port         int
	admin        bool
}

// signIn logs a granted sign-in (4624, and 4672 for administrators).
func (h *host) signIn(at time.Time, l logonSpec) {
	w := h.world
	e := audit(4624)
	e.version = 2
	subject := []string{"S-1-0-0", "-", "-", "0x0"}
	if l.kind == 2 || l.kind == 5 || l.kind == 11 {
		subject = []string{"S-1-5-18", h.Name + "$", w.s.Company.NetBIOS, "0x3e7"}
	}
	e.set("SubjectUserSid", subject[0]).set("SubjectUserName", subject[1]).set("SubjectDomainName", subject[2]).set("SubjectLogonId", subject[3])
	e.set("TargetUserSid", w.sid(l.user)).set("TargetUserName", l.user).set("TargetDomainName", first(l.domain, w.s.Company.NetBIOS)).set("TargetLogonId", l.logonID)
	e.set("LogonType", strconv.Itoa(l.kind)).set("LogonProcessName", first(l.process, logonProcess(l.pack))).set("AuthenticationPackageName", l.pack)
	e.set("WorkstationName", dash(l.workstation)).set("LogonGuid", logonGUID(h, l.logonID)).set("TransmittedServices", "-")
	e.set("LmPackageName", lmPackage(l.pack)).set("KeyLength", keyLength(l.pack)).set("ProcessId", fmt.Sprintf("0x%x", h.named["lsass"].pid)).set("ProcessName", "-")
	e.set("IpAddress", dash(l.from)).set("IpPort", portText(l.port)).set("ImpersonationLevel", "%%1833").set("RestrictedAdminMode", "-")
	e.set("TargetOutboundUserName", "-").set("TargetOutboundDomainName", "-").set("VirtualAccount", "%%1843").set("TargetLinkedLogonId", "0x0").set("ElevatedToken", elevated(l.admin))
	h.log(at, e)
	if l.admin {
		p := audit(4672)
		p.set("SubjectUserSid", w.sid(l.user)).set("SubjectUserName", l.user).set("SubjectDomainName", w.s.Company.NetBIOS).set("SubjectLogonId", l.logonID)
		h.log(at.Add(time.Millisecond), p.set("PrivilegeList", "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\tSeTakeOwnershipPrivilege\n\t\t\tSeDebugPrivilege\n\t\t\tSeImpersonatePrivilege"))
	}
}

// refuse logs a refused sign-in (4625).
func (h *host) refuse(at time.Time, l logonSpec) {
	e := audit(4625)
	e.set("SubjectUserSid", "S-1-0-0").set("SubjectUserName", "-").set("SubjectDomainName", "-").set("SubjectLogonId", "0x0")
	e.set("TargetUserSid", "S-1-0-0").set("TargetUserName", l.user).set("TargetDomainName", h.world.s.Company.NetBIOS)
	e.set("Status", "0xc000006d").set("FailureReason", "%%2313").set("SubStatus", "0xc000006a").set("LogonType", strconv.Itoa(l.kind))
	e.set("LogonProcessName", logonProcess(l.pack)).set("AuthenticationPackageName", l.pack).set("WorkstationName", dash(l.workstation))
	e.set("TransmittedServices", "-").set("LmPackageName", "-").set("KeyLength", "0").set("ProcessId", "0x0").set("ProcessName", "-")
	h.log(at, e.set("IpAddress", dash(l.from)).set("IpPort", portText(l.port)))
}

// signOff logs the end of a sign-in (4634, or 4647 if the person asked for it).
func (h *host) signOff(at time.Time, user, logonID string, kind int) {
	if kind == 2 {
		e := audit(4647)
		e.set("TargetUserSid", h.world.sid(user)).set("TargetUserName", user).set("TargetDomainName", h.world.s.Company.NetBIOS).set("TargetLogonId", logonID)
		h.log(at, e)
		return
	}
	e := audit(4634)
	e.set("TargetUserSid", h.world.sid(user)).set("TargetUserName", user).set("TargetDomainName", h.world.s.Company.NetBIOS).set("TargetLogonId", logonID)
	h.log(at, e.set("LogonType", strconv.Itoa(kind)))
}

// grantTGT logs that the domain controller gave a person a ticket (4768).
func (h *host) grantTGT(at time.Time, user, from string, port int) {
	w := h.world
	e := audit(4768)
	e.set("TargetUserName", user).set("TargetDomainName", w.s.Company.NetBIOS).set("TargetSid", w.sid(user))
	e.set("ServiceName", "krbtgt").set("ServiceSid", w.s.Company.SID+"-502").set("TicketOptions", "0x40810010").set("Status", "0x0")
	e.set("TicketEncryptionType", "0x12").set("PreAuthType", "2").set("IpAddress", "::ffff:"+from).set("IpPort", strconv.Itoa(port))
	h.log(at, e.set("CertIssuerName", "").set("CertSerialNumber", "").set("CertThumbprint", ""))
}

// grantService logs a ticket for a service (4769).
func (h *host) grantService(at time.Time, user, service, from string, port int) {
	w := h.world
	e := audit(4769)
	e.set("TargetUserName", user+"@"+strings.ToUpper(w.s.Company.Domain)).set("TargetDomainName", strings.ToUpper(w.s.Company.Domain))
	e.set("ServiceName", service).set("ServiceSid", w.sid(service)).set("TicketOptions", "0x40810000").set("TicketEncryptionType", "0x12")
	e.set("IpAddress", "::ffff:"+from).set("IpPort", strconv.Itoa(port)).set("Status", "0x0")
	h.log(at, e.set("LogonGuid", "{"+uuidFrom(hash64(user+at.String()), hash64(service))+"}").set("TransmittedServices", "-"))
}

// validate logs that the domain controller checked an NTLM sign-in (4776).
func (h *host) validate(at time.Time, user, workstation string, ok bool) {
	e := audit(4776)
	status := "0x0"
	if !ok {
		e.failure, status = true, "0xc000006a"
	}
	e.set("PackageName", "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0").set("TargetUserName", user)
	h.log(at, e.set("Workstation", workstation).set("Status", status))
}

// opened logs that a remote account opened a share (5140).
func (h *host) opened(at time.Time, c *shareAccess) {
	e := audit(5140)
	e.version = 1
	c.subject(e)
	h.log(at, e.set("AccessMask", "0x1").set("AccessList", "%%4416"))
}

// checked logs that a remote account asked for a file of a share (5145).
func (h *host) checked(at time.Time, c *shareAccess) {
	e := audit(5145)
	c.subject(e)
	mask, list := "0x120089", "%%1538\n\t\t\t\t%%1541\n\t\t\t\t%%4416\n\t\t\t\t%%4419\n\t\t\t\t%%4423"
	if c.write {
		mask, list = "0x13019f", "%%1537\n\t\t\t\t%%1538\n\t\t\t\t%%1541\n\t\t\t\t%%4416\n\t\t\t\t%%4417\n\t\t\t\t%%4418\n\t\t\t\t%%4419\n\t\t\t\t%%4420\n\t\t\t\t%%4423\n\t\t\t\t%%4424"
	}
	h.log(at, e.set("RelativeTargetName", c.name).set("AccessMask", mask).set("AccessList", list).set("AccessReason", "-"))
}

// shareAccess is a remote account's use of a share.
type shareAccess struct {
	host          *host
	user, logonID string
	from          string
	port          int
	share, local  string
	name          string
	write         bool
}

func (c *shareAccess) subject(e *winEvent) {
	w := c.host.world
	e.set("SubjectUserSid", w.sid(c.user)).set("SubjectUserName", c.user).set("SubjectDomainName", w.s.Company.NetBIOS).set("SubjectLogonId", c.logonID)
	e.set("ObjectType", "File").set("IpAddress", c.from).set("IpPort", strconv.Itoa(c.port)).set("ShareName", `\\*\`+c.share).set("ShareLocalPath", `\??\`+c.local)
}

// installed logs a new service (System, 7045).
func (h *host) installed(at time.Time, name, path, start string) {
	e := &winEvent{channel: "System", provider: serviceControl, id: 7045, title: "A service was installed in the system.", category: "None", user: system}
	e.set("ServiceName", name).set("ImagePath", path).set("ServiceType", "user mode service").set("StartType", start)
	h.log(at, e.set("AccountName", "LocalSystem"))
}

// ran logs a PowerShell script block (4104).
func (h *host) ran(at time.Time, user, text, path string) {
	e := &winEvent{channel: "Microsoft-Windows-PowerShell/Operational", provider: powershell, id: 4104, version: 1, task: 2, title: "Creating Scriptblock text (1 of 1):", category: "Execute a Remote Command", level: "verbose"}
	if strings.Contains(text, "DownloadFile") || strings.Contains(text, "IEX") {
		e.level = "warning" // PowerShell itself marks texts with such words
	}
	e.set("MessageNumber", "1").set("MessageTotal", "1").set("ScriptBlockText", text)
	h.log(at, e.set("ScriptBlockId", uuidFrom(hash64(text+user), hash64(at.String()))).set("Path", path))
}

func logonProcess(pack string) string {
	if pack == "NTLM" {
		return "NtLmSsp "
	}
	return "Kerberos"
}

func lmPackage(pack string) string {
	if pack == "NTLM" {
		return "NTLM V2"
	}
	return "-"
}

func keyLength(pack string) string {
	if pack == "NTLM" {
		return "128"
	}
	return "0"
}

func elevated(admin bool) string {
	if admin {
		return "%%1842"
	}
	return "%%1843"
}

func portText(port int) string {
	if port == 0 {
		return "-"
	}
	return strconv.Itoa(port)
}
