package api

import (
	"context"

	"github.com/noroshi-soc/noroshi/internal/auth"
)

// Shipper is a configuration of a program that sends records, ready to copy.
type Shipper struct {
	Name     string `json:"name" example:"rsyslog"`
	Language string `json:"language" enum:"conf,yaml,sh,toml"`
	Text     string `json:"text" doc:"With <TOKEN> where the source's token belongs"`
}

// ShipperList is the configurations that fit a source.
type ShipperList struct {
	Shippers []Shipper `json:"shippers"`
}

func (a *api) listShippers(ctx context.Context, c *auth.Caller, in *sourceInput) (*reply[ShipperList], error) {
	s, err := a.sourceByID(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	_ = s
	return &reply[ShipperList]{ShipperList{[]Shipper{}}}, nil
}
