package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/noroshi-soc/noroshi/internal/api"
)

func loginCommand() *cobra.Command {
	var c client
	var user string
	cmd := &cobra.Command{
		Use: "login", Short: "Sign in to a running server and keep an API token for the other verbs", Args: cobra.NoArgs,
		Long: "Asks for the password, makes an API token in your name and keeps it in your configuration folder, readable by you alone.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.server == "" {
				c.server = "http://127.0.0.1:8080"
			}
			if user == "" {
				return errors.New("give --user NAME")
			}
			password, err := readPassword(cmd)
			if err != nil {
				return err
			}
			token, err := c.signIn(cmd, user, password)
			if err != nil {
				return err
			}
			name, err := keepLogin(savedLogin{Server: c.server, Token: token})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "signed in to %s as %s; the token is kept in %s\n", c.server, user, name)
			return err
		},
	}
	c.flags(cmd)
	cmd.Flags().StringVar(&user, "user", os.Getenv("NOROSHI_USER"), "name to sign in with")
	return cmd
}

// readPassword asks at a terminal, reads NOROSHI_PASSWORD, or takes the first line of standard input.
func readPassword(cmd *cobra.Command) (string, error) {
	if p := os.Getenv("NOROSHI_PASSWORD"); p != "" {
		return p, nil
	}
	if f, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(f.Fd())) { //nolint:gosec // a file descriptor
		_, _ = fmt.Fprint(cmd.ErrOrStderr(), "password: ")
		p, err := term.ReadPassword(int(f.Fd())) //nolint:gosec // a file descriptor
		_, _ = fmt.Fprintln(cmd.ErrOrStderr())
		return string(p), err
	}
	data, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), 4096))
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimRight(line, "\r"), err
}

// signIn opens a session just long enough to make an API token.
func (c *client) signIn(cmd *cobra.Command, user, password string) (string, error) {
	var cookies []*http.Cookie
	post := func(path string, in, out any) error {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(cmd.Context(), http.MethodPost, strings.TrimRight(c.server, "/")+"/api/v1"+path, bytes.NewReader(data))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Noroshi-CSRF", "1")
		for _, k := range cookies {
			req.AddCookie(k)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return fmt.Errorf("server does not answer: %w", err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		if err != nil {
			return err
		}
		if resp.StatusCode >= 300 {
			return problem(resp.Status, body)
		}
		cookies = append(cookies, resp.Cookies()...)
		return json.Unmarshal(body, out)
	}
	var in api.SignedIn
	if err := post("/session", map[string]string{"name": user, "password": password}, &in); err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	host, _ := os.Hostname()
	var token api.NewToken
	if err := post("/tokens", map[string]string{"name": "command line " + host}, &token); err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	return token.Token, nil
}

func keepLogin(l savedLogin) (string, error) {
	name, err := loginFile()
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return "", fmt.Errorf("keep login: %w", err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		return "", fmt.Errorf("keep login: %w", err)
	}
	return name, nil
}
