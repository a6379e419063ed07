package normalize

import (
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// loginWords gathers what sshd and sudo say of a person, in the order in which it was found.
type loginWords struct {
	memory *memory
	fields event.Fields
}

func (w *loginWords) add(name, text string) {
	if text != "" && w.fields.Get(name).Kind == event.Absent {
		w.fields = append(w.fields, event.Field{Name: name, Value: event.Str(text)})
	}
}

// readSSHD reads a message of sshd: action, outcome, user, invalid_user, method, source_ip, source_port, as far as it tells them.
// A name of a user is what the client sent, blanks and all; the last " from " ends it, so that a name cannot pretend to be an address.
func readSSHD(m *memory, message string) event.Fields {
	w := &loginWords{memory: m}
	said := strings.TrimSuffix(strings.TrimSpace(message), " [preauth]")
	said = strings.TrimPrefix(strings.TrimPrefix(said, "error: "), "fatal: ")
	for _, read := range [...]func(*loginWords, string) bool{
		sshdLogin, sshdInvalidUser, sshdRefused, sshdClosed, sshdPAM, sshdPeer,
	} {
		if read(w, said) {
			break
		}
	}
	return w.fields
}

// sshdLogin: "Accepted publickey for USER from IP port N ssh2: …", "Failed password for [invalid user ]USER from IP port N ssh2", "Postponed …".
func sshdLogin(w *loginWords, m string) bool {
	verb, rest, _ := strings.Cut(m, " ")
	method, rest, ok := strings.Cut(rest, " for ")
	if !ok || strings.Contains(method, " ") {
		return false
	}
	switch verb {
	case "Accepted":
		w.add("action", "login")
		w.add("outcome", success)
	case "Failed":
		w.add("action", "login")
		w.add("outcome", failure)
	case "Postponed", "Partial":
		w.add("action", "login_continues")
	default:
		return false
	}
	w.add("method", method)
	w.userFrom(rest)
	return true
}

// sshdInvalidUser: "Invalid user USER from IP[ port N]", older: "Illegal user".
func sshdInvalidUser(w *loginWords, m string) bool {
	rest, ok := cutAny(m, "Invalid user ", "Illegal user ")
	if !ok {
		return false
	}
	w.add("action", "login")
	w.add("outcome", failure)
	w.add("invalid_user", "true")
	w.userFrom(rest)
	return true
}

// sshdRefused: "User USER from IP not allowed because …", "maximum authentication attempts exceeded for [invalid user ]USER from IP port N ssh2".
func sshdRefused(w *loginWords, m string) bool {
	rest, ok := cutAny(m, "maximum authentication attempts exceeded for ", "Too many authentication failures for ")
	if head, _, found := strings.Cut(m, " not allowed because "); !ok && found {
		rest, ok = strings.CutPrefix(head, "User ")
	}
	if !ok {
		return false
	}
	w.add("action", "login")
	w.add("outcome", failure)
	w.userFrom(rest)
	return true
}

// sshdClosed: "Connection closed by [authenticating user|invalid user USER ]IP port N", "Disconnected from …", "Received disconnect from IP port N:11: …".
func sshdClosed(w *loginWords, m string) bool {
	rest, ok := cutAny(m, "Connection closed by ", "Connection reset by ", "Disconnected from ", "Disconnecting ", "Received disconnect from ")
	if !ok {
		return false
	}
	w.add("action", "connection_closed")
	for _, kind := range [...]string{"authenticating user ", "invalid user ", "user "} {
		named, ok := strings.CutPrefix(rest, kind)
		if !ok {
			continue
		}
		if kind == "invalid user " {
			w.add("invalid_user", "true")
		}
		if at := strings.LastIndex(named, " port "); at > 0 {
			if blank := strings.LastIndexByte(named[:at], ' '); blank > 0 {
				w.add("user", named[:blank])
				rest = named[blank+1:]
			}
		}
		break
	}
	w.addressPort(rest)
	return true
}

// sshdPAM: "pam_unix(sshd:auth): authentication failure; … rhost=IP user=USER", "pam_unix(sshd:session): session opened for user USER(uid=0) by …".
func sshdPAM(w *loginWords, m string) bool {
	_, rest, ok := strings.Cut(m, "): ")
	if !ok || !strings.HasPrefix(m, "pam_") {
		return false
	}
	w.pam(rest, "login")
	return true
}

// sshdPeer takes the address out of everything else that names one: "… from IP port N", "… with IP port N: …", "… for IP port N",
// "refused connect from NAME (IP)".
func sshdPeer(w *loginWords, m string) bool {
	if refused, ok := strings.CutPrefix(m, "refused connect from "); ok {
		w.add("action", "connection_refused")
		return w.addressPort(strings.Trim(refused[strings.LastIndexByte(refused, ' ')+1:], "()"))
	}
	for _, word := range [...]string{" from ", " with ", " for ", " by "} {
		if _, rest, ok := strings.Cut(m, word); ok && w.addressPort(rest) {
			return true
		}
	}
	return false
}

// userFrom reads "[invalid user ]USER from IP[ port N]…".
func (w *loginWords) userFrom(rest string) {
	if name, ok := cutAny(rest, "invalid user ", "illegal user "); ok {
		w.add("invalid_user", "true")
		rest = name
	}
	w.add("invalid_user", "false")
	at := strings.LastIndex(rest, " from ")
	if at < 0 {
		w.add("user", rest)
		return
	}
	w.add("user", rest[:at])
	w.addressPort(rest[at+len(" from "):])
}

// addressPort reads "IP[ port N]…" and says whether there was an address.
func (w *loginWords) addressPort(rest string) bool {
	words := strings.Fields(rest)
	if len(words) == 0 {
		return false
	}
	ip := address(w.memory, strings.TrimRight(words[0], ",:;"))
	if ip == "" {
		return false
	}
	w.add("source_ip", ip)
	if len(words) > 2 && words[1] == "port" {
		port, _, _ := strings.Cut(words[2], ":")
		w.add("source_port", number(w.memory, port))
	}
	return true
}

// pam reads what pam_unix says behind its name; login is what an authentication is called.
func (w *loginWords) pam(rest, login string) {
	if opened, ok := strings.CutPrefix(rest, "session opened for user "); ok {
		w.add("action", "session_opened")
		name, _, _ := strings.Cut(opened, " by ")
		w.add("user", dropUID(name))
		return
	}
	if closed, ok := strings.CutPrefix(rest, "session closed for user "); ok {
		w.add("action", "session_closed")
		w.add("user", dropUID(closed))
		return
	}
	if strings.HasPrefix(rest, "authentication failure;") {
		w.add("action", login)
		w.add("outcome", failure)
	}
	for word := range strings.FieldsSeq(rest) {
		if ip, ok := strings.CutPrefix(word, "rhost="); ok {
			w.add("source_ip", address(w.memory, ip))
		}
		if name, ok := strings.CutPrefix(word, "user="); ok {
			w.add("user", name)
		}
	}
}

// dropUID turns "root(uid=0)" into "root".
func dropUID(s string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(s), "(uid=")
	return name
}

func cutAny(s string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest, true
		}
	}
	return s, false
}
