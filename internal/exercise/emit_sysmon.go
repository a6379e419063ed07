package exercise

import (
	"crypto/md5"  //nolint:gosec // the log shows MD5, nothing is protected by it
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var sysmon = &provider{"Microsoft-Windows-Sysmon", "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"}

// sysmonEvent begins an event of Sysmon with the fields that all of them have.
func sysmonEvent(at time.Time, id, version int, title, kind string) *winEvent {
	e := &winEvent{
		channel: "Microsoft-Windows-Sysmon/Operational", provider: sysmon, id: id, version: version, task: id,
		title: title + ":", category: title + " (rule: " + kind + ")", user: system,
	}
	return e.set("RuleName", "-").set("UtcTime", utcTime(at))
}

func utcTime(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05.000") }

// start logs the start of a process (event 1).
func (p *process) start(at time.Time) {
	meta := p.host.world.program[strings.ToLower(base(p.image))]
	if meta == nil {
		meta = &Program{Original: p.original}
	}
	parent := p.parent
	if parent == nil {
		parent = p.host.named["svchost"]
	}
	e := sysmonEvent(at, 1, 5, "Process Create", "ProcessCreate")
	e.set("ProcessGuid", p.guid).set("ProcessId", strconv.Itoa(p.pid)).set("Image", p.image)
	e.set("FileVersion", dash(meta.Version)).set("Description", dash(meta.Description))
	e.set("Product", dash(meta.Product)).set("Company", dash(meta.Company)).set("OriginalFileName", dash(first(p.original, meta.Original)))
	e.set("CommandLine", p.command).set("CurrentDirectory", p.dir).set("User", p.host.world.qualified(p.user))
	e.set("LogonGuid", logonGUID(p.host, p.logonID)).set("LogonId", p.logonID).set("TerminalSessionId", strconv.Itoa(p.terminal))
	e.set("IntegrityLevel", p.integrity).set("Hashes", hashes(p.content))
	e.set("ParentProcessGuid", parent.guid).set("ParentProcessId", strconv.Itoa(parent.pid))
	e.set("ParentImage", parent.image).set("ParentCommandLine", parent.command).set("ParentUser", p.host.world.qualified(parent.user))
	p.host.log(at, e)
}

// exit logs the end of a process (event 5).
func (p *process) exit(at time.Time) {
	e := sysmonEvent(at, 5, 3, "Process terminated", "ProcessTerminate")
	p.identify(e)
	p.host.log(at, e.set("User", p.host.world.qualified(p.user)))
}

// identify sets the three fields by which events name their process.
func (p *process) identify(e *winEvent) {
	e.set("ProcessGuid", p.guid).set("ProcessId", strconv.Itoa(p.pid)).set("Image", p.image)
}

// connects logs a connection that the process made (event 3).
func (p *process) connects(at time.Time, c *connection) {
	e := sysmonEvent(at, 3, 5, "Network connection detected", "NetworkConnect")
	p.identify(e)
	e.set("User", p.host.world.qualified(p.user)).set("Protocol", c.proto).set("Initiated", "true")
	e.set("SourceIsIpv6", "false").set("SourceIp", c.src).set("SourceHostname", p.host.world.fqdn(p.host))
	e.set("SourcePort", strconv.Itoa(c.srcPort)).set("SourcePortName", "-")
	e.set("DestinationIsIpv6", "false").set("DestinationIp", c.dst).set("DestinationHostname", dash(c.reverse))
	e.set("DestinationPort", strconv.Itoa(c.dstPort)).set("DestinationPortName", dash(portName(c.dstPort)))
	p.host.log(at, e)
}

// loads logs a library that came into the process (event 7).
func (p *process) loads(at time.Time, path, content string, signed bool) {
	e := sysmonEvent(at, 7, 3, "Image loaded", "ImageLoad")
	p.identify(e)
	e.set("ImageLoaded", path).set("FileVersion", "-").set("Description", "-").set("Product", "-").set("Company", "-").set("OriginalFileName", "-")
	e.set("Hashes", hashes(content)).set("Signed", strconv.FormatBool(signed))
	if signed {
		e.set("Signature", "Microsoft Windows").set("SignatureStatus", "Valid")
	} else {
		e.set("Signature", "-").set("SignatureStatus", "Unavailable")
	}
	p.host.log(at, e.set("User", p.host.world.qualified(p.user)))
}

// opens logs that the process opened another one (event 10).
func (p *process) opens(at time.Time, target *process, mask, trace string) {
	e := sysmonEvent(at, 10, 3, "Process accessed", "ProcessAccess")
	e.set("SourceProcessGUID", p.guid).set("SourceProcessId", strconv.Itoa(p.pid)).set("SourceThreadId", strconv.Itoa(p.pid+96)).set("SourceImage", p.image)
	e.set("TargetProcessGUID", target.guid).set("TargetProcessId", strconv.Itoa(target.pid)).set("TargetImage", target.image)
	e.set("GrantedAccess", mask).set("CallTrace", trace)
	e.set("SourceUser", p.host.world.qualified(p.user)).set("TargetUser", p.host.world.qualified(target.user))
	p.host.log(at, e)
}

// creates logs a new file (event 11).
func (p *process) creates(at time.Time, path string) {
	e := sysmonEvent(at, 11, 2, "File created", "FileCreate")
	p.identify(e)
	e.set("TargetFilename", path).set("CreationUtcTime", utcTime(at)).set("User", p.host.world.qualified(p.user))
	p.host.log(at, e)
}

// sets logs a registry value (event 13).
func (p *process) sets(at time.Time, key, value string) {
	e := sysmonEvent(at, 13, 2, "Registry value set", "RegistryEvent")
	e.set("EventType", "SetValue")
	p.identify(e)
	p.host.log(at, e.set("TargetObject", key).set("Details", value).set("User", p.host.world.qualified(p.user)))
}

// asks logs a DNS query of the process (event 22).
func (p *process) asks(at time.Time, name, answer string) {
	e := sysmonEvent(at, 22, 5, "Dns query", "DnsQuery")
	e.set("ProcessGuid", p.guid).set("ProcessId", strconv.Itoa(p.pid)).set("QueryName", name)
	e.set("QueryStatus", "0").set("QueryResults", "::ffff:"+answer+";").set("Image", p.image).set("User", p.host.world.qualified(p.user))
	p.host.log(at, e)
}

// hashes are made from the name of the content, so that the same file has the
// same hashes on every host and every day.
func hashes(content string) string {
	seed := []byte("noroshi exercise file: " + content)
	imp := md5.Sum(append([]byte("imports of "), seed...))                                                             //nolint:gosec // as above
	return fmt.Sprintf("SHA1=%X,MD5=%X,SHA256=%X,IMPHASH=%X", sha1.Sum(seed), md5.Sum(seed), sha256.Sum256(seed), imp) //nolint:gosec // as above
}

func logonGUID(h *host, logonID string) string {
	if logonID == "0x3e7" {
		return "{" + h.serial + "-0000-0000-e703-000000000000}"
	}
	return "{" + uuidFrom(hash64(h.Name+logonID), hash64(logonID)) + "}"
}

func uuidFrom(a, b uint64) string {
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", uint32(a>>32), uint16(a>>16), uint16(a)&0xfff|0x4000, uint16(b>>48)&0x3fff|0x8000, b&0xffffffffffff)
}

func dash(text string) string { return first(text, "-") }

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func portName(port int) string {
	return map[int]string{53: "domain", 80: "http", 88: "kerberos", 389: "ldap", 443: "https", 445: "microsoft-ds", 993: "imaps", 8080: "http-alt"}[port]
}
