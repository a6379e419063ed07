package normalize

import (
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// readSudo reads a message of sudo: user, outcome, reason, tty, pwd, target_user, group, command, as far as it tells them.
//
//	alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls
//	alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh
//	alice : user NOT in sudoers ; TTY=…
//
// COMMAND comes last and may hold anything, so nothing behind it is taken for a field.
func readSudo(m *memory, message string) event.Fields {
	w := &loginWords{memory: m}
	said := strings.TrimSpace(message)
	if _, rest, ok := strings.Cut(said, "): "); ok && strings.HasPrefix(said, "pam_") {
		sudoPAM(w, rest)
		return w.fields
	}
	user, rest, ok := strings.Cut(said, " : ")
	if !ok || user == "" {
		return nil
	}
	head, command, ran := strings.Cut(rest, "COMMAND=")
	w.add("action", "command")
	reason := ""
	w.add("user", strings.TrimSpace(user))
	for part := range strings.SplitSeq(head, " ; ") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case ok && sudoFields[name] != "":
			w.add(sudoFields[name], value)
		case !ok && reason == "" && name != "":
			reason = strings.TrimSuffix(name, " ;")
		}
	}
	w.add("reason", reason)
	w.add("command", command)
	if reason != "" {
		w.add("outcome", failure)
	} else if ran {
		w.add("outcome", success)
	}
	return w.fields
}

var sudoFields = map[string]string{"TTY": "tty", "PWD": "pwd", "USER": "target_user", "GROUP": "group"}

// sudoPAM: "session opened for user root(uid=0) by alice(uid=1000)": who acts is behind "by".
func sudoPAM(w *loginWords, rest string) {
	if opened, ok := strings.CutPrefix(rest, "session opened for user "); ok {
		target, by, _ := strings.Cut(opened, " by ")
		w.add("action", "session_opened")
		w.add("user", dropUID(by))
		w.add("target_user", dropUID(target))
		return
	}
	if closed, ok := strings.CutPrefix(rest, "session closed for user "); ok {
		w.add("action", "session_closed")
		w.add("target_user", dropUID(closed))
		return
	}
	w.pam(rest, "authentication")
}
