package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// client calls the API of a running server in the name of a person.
type client struct{ server, token string }

// savedLogin is what `noroshi login` keeps for later calls.
type savedLogin struct {
	Server string `json:"server"`
	Token  string `json:"token"`
}

func (c *client) flags(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&c.server, "server", os.Getenv("NOROSHI_SERVER"), "address of the running server; also NOROSHI_SERVER")
	cmd.PersistentFlags().StringVar(&c.token, "token", "", "API token; also NOROSHI_TOKEN, or what \"noroshi login\" kept")
}

func loginFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("folder for the login: %w", err)
	}
	return filepath.Join(dir, "noroshi", "login.json"), nil
}

// complete fills in what flags left out: the environment, then the kept login.
func (c *client) complete() error {
	if c.token == "" {
		c.token = os.Getenv("NOROSHI_TOKEN")
	}
	if c.server != "" && c.token != "" {
		return nil
	}
	name, err := loginFile()
	if err != nil {
		return err
	}
	var kept savedLogin
	if data, err := os.ReadFile(name); err == nil {
		if err := json.Unmarshal(data, &kept); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if c.server == "" {
		c.server = kept.Server
	}
	if c.server == "" {
		c.server = "http://127.0.0.1:8080"
	}
	if c.token == "" && c.server == kept.Server {
		c.token = kept.Token
	}
	if c.token == "" {
		return errors.New("not signed in: run `noroshi login`, or give --token or NOROSHI_TOKEN")
	}
	return nil
}

// call sends in as JSON (nil: nothing) and reads the answer into out (nil: nothing).
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.server, "/")+"/api/v1"+path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Noroshi-CSRF", "1")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return fmt.Errorf("server does not answer: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode >= 300 {
		return problem(resp.Status, data)
	}
	if out == nil || len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s %s: answer: %w", method, path, err)
	}
	return nil
}

func problem(status string, data []byte) error {
	var p struct {
		Detail string `json:"detail"`
		Errors []struct {
			Message  string `json:"message"`
			Location string `json:"location"`
		} `json:"errors"`
	}
	if json.Unmarshal(data, &p) != nil || p.Detail == "" {
		return fmt.Errorf("server answered %s", status)
	}
	text := p.Detail
	for _, e := range p.Errors {
		text += fmt.Sprintf("; %s: %s", e.Location, e.Message)
	}
	return errors.New(text)
}
