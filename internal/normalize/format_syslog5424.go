package normalize

import (
	"errors"
	"fmt"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

var errHeader5424 = errors.New("RFC 5424: header ends too early")

// split5424 reads what follows "<priority>1 ": time, host, program, pid, message id, structured data, message (RFC 5424, 6).
func (l *syslogLine) split5424(rest string) error {
	for _, to := range [...]*string{&l.stamp, &l.host, &l.program, &l.pid, &l.msgID} {
		word, after, ok := strings.Cut(rest, " ")
		if !ok {
			return errHeader5424
		}
		*to, rest = plainValue(word), after
	}
	rest, err := l.structuredData(rest)
	if err != nil {
		return fmt.Errorf("RFC 5424: structured data: %w", err)
	}
	l.program = programName(l.program)
	l.message = strings.TrimPrefix(strings.TrimPrefix(rest, " "), "\ufeff")
	return nil
}

// structuredData reads "-" or [id name="value" ...]... into fields sd.<id>.<name>.
func (l *syslogLine) structuredData(rest string) (string, error) {
	if after, ok := strings.CutPrefix(rest, "-"); ok {
		if after != "" && after[0] != ' ' {
			return "", errors.New("a blank is wanted behind '-'")
		}
		return after, nil
	}
	if !strings.HasPrefix(rest, "[") {
		return "", errors.New("neither '-' nor '['")
	}
	for strings.HasPrefix(rest, "[") {
		end := strings.IndexAny(rest, " ]")
		if end < 2 {
			return "", errors.New("element without id")
		}
		id := rest[1:end]
		rest = rest[end:]
		var err error
		if rest, err = l.params(id, rest); err != nil {
			return "", err
		}
	}
	return rest, nil
}

func (l *syslogLine) params(id, rest string) (string, error) {
	named := false
	for {
		rest = strings.TrimLeft(rest, " ")
		if after, ok := strings.CutPrefix(rest, "]"); ok {
			if !named { // an element may have no parameters
				l.data = append(l.data, event.Field{Name: "sd." + id, Value: event.Str("")})
			}
			return after, nil
		}
		name, after, ok := strings.Cut(rest, `="`)
		if !ok || name == "" || strings.ContainsAny(name, ` ]"`) || len(l.data) >= maxFields || len(name)+len(id) > maxName {
			return "", fmt.Errorf("element %.32q: no name=\"value\"", id)
		}
		value, after, ok := cutParam(after)
		if !ok {
			return "", fmt.Errorf("element %.32q: value of %.32q does not end", id, name)
		}
		l.data = append(l.data, event.Field{Name: "sd." + id + "." + name, Value: event.Str(value)})
		named, rest = true, after
	}
}

// cutParam takes a value up to its quote; \" \\ and \] stand for the character behind the backslash.
func cutParam(text string) (value, rest string, ok bool) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return out.String(), text[i+1:], true
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`"\]`, text[i+1]) >= 0:
			i++
			out.WriteByte(text[i])
		default:
			out.WriteByte(c)
		}
	}
	return "", "", false
}
