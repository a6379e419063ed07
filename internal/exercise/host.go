package exercise

import (
	"fmt"
	"strings"
	"time"
)

// system stands for the local system account.
const system = "SYSTEM"

// host is a machine while the day goes on.
type host struct {
	*Host
	world *world
	site  *Site

	pid    int
	port   int
	serial string
	// named are the processes that steps and routines call by name.
	named map[string]*process
	// cache holds until when a DNS answer is remembered.
	cache map[string]time.Time
	// records counts the events of each channel.
	records map[string]int
	logon   uint64
	// session is the signed-in person, if any.
	session *session
}

// session is one interactive sign-in.
type session struct {
	user    string
	logonID string
}

// process is a running program.
type process struct {
	host      *host
	pid       int
	guid      string
	image     string
	command   string
	dir       string
	user      string
	logonID   string
	integrity string
	content   string
	original  string
	terminal  int
	parent    *process
}

// standing are the processes that every Windows machine has from its start.
var standing = []struct{ name, image, command string }{
	{"system", "System", ""},
	{"services", `C:\Windows\System32\services.exe`, `C:\Windows\system32\services.exe`},
	{"lsass", `C:\Windows\System32\lsass.exe`, `C:\Windows\system32\lsass.exe`},
	{"svchost", `C:\Windows\System32\svchost.exe`, `C:\Windows\system32\svchost.exe -k netsvcs -p`},
	{"defender", `C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MsMpEng.exe`, `"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MsMpEng.exe"`},
	{"inventory", `C:\Program Files\Kumoi Inventory\agent.exe`, `"C:\Program Files\Kumoi Inventory\agent.exe" -svc`},
}

// boot starts what runs before the day begins; nothing of it is logged.
func (h *host) boot(at time.Time) {
	for _, s := range standing {
		p := h.newProcess(at, s.image, s.command, system)
		if s.name == "system" {
			p.pid = 4
		} else if s.name != "services" {
			p.parent = h.named["services"]
		}
		h.named[s.name] = p
		at = at.Add(1200 * time.Millisecond)
	}
	h.logon = 0x3e7a00 + h.world.rng.Uint64N(0x40000)
}

// newProcess makes a process without telling any log.
func (h *host) newProcess(at time.Time, image, command, user string) *process {
	h.pid += 4 * (1 + h.world.rng.IntN(60))
	if h.pid > 30000 {
		h.pid = 1400 + 4*h.world.rng.IntN(300)
	}
	p := &process{
		host: h, pid: h.pid, image: image, command: command, user: user, dir: `C:\Windows\system32\`,
		logonID: "0x3e7", integrity: "System", content: strings.ToLower(base(image)),
	}
	if user != system {
		p.dir, p.integrity, p.terminal = `C:\Users\`+user+`\`, "Medium", 1
		if h.session != nil && h.session.user == user {
			p.logonID = h.session.logonID
		}
	}
	sec := at.Unix()
	p.guid = fmt.Sprintf("{%s-%04x-%04x-%04x-%012x}", h.serial, uint16(sec>>16), uint16(sec), uint16(p.pid), h.world.rng.Uint64N(1<<32)<<8|uint64(p.pid&0xff))
	return p
}

// nextLogon gives out a logon id.
func (h *host) nextLogon() string {
	h.logon += 0x100 + h.world.rng.Uint64N(0x4000)
	return fmt.Sprintf("0x%x", h.logon)
}

// nextPort gives out a source port.
func (h *host) nextPort() int {
	h.port += 1 + h.world.rng.IntN(3)
	if h.port > 65500 {
		h.port = 49700
	}
	return h.port
}

// by finds a process by its name; one that the day has not started yet (a
// program of a person who is not in) is started quietly.
func (h *host) by(at time.Time, name, user string) *process {
	if p := h.named[name]; p != nil {
		return p
	}
	image, ok := personal[name]
	if !ok {
		return h.named["svchost"]
	}
	p := h.newProcess(at, image, `"`+image+`"`, user)
	if name != "explorer" {
		p.parent = h.by(at, "explorer", user)
	}
	h.named[name] = p
	return p
}

// personal are the programs that run while a person is signed in.
var personal = map[string]string{
	"explorer": `C:\Windows\explorer.exe`,
	"outlook":  `C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE`,
	"edge":     `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
	"chat":     `C:\Program Files\Koto Chat\kotochat.exe`,
}
