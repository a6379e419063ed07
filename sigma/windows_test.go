package sigma_test

import (
	"strings"

	"github.com/noroshi-soc/noroshi/sigma"
)

// windowsCategories says which categories a Sysmon or PowerShell event has.
var windowsCategories = map[string]string{
	"sysmon 1": "process_creation", "sysmon 2": "file_change", "sysmon 3": "network_connection",
	"sysmon 4": "sysmon_status", "sysmon 16": "sysmon_status", "sysmon 5": "process_termination",
	"sysmon 6": "driver_load", "sysmon 7": "image_load", "sysmon 8": "create_remote_thread",
	"sysmon 9": "raw_access_thread", "sysmon 10": "process_access", "sysmon 11": "file_event",
	"sysmon 12": "registry_event registry_add registry_delete", "sysmon 13": "registry_event registry_set",
	"sysmon 14": "registry_event registry_rename", "sysmon 15": "create_stream_hash",
	"sysmon 17": "pipe_created", "sysmon 18": "pipe_created", "sysmon 19": "wmi_event",
	"sysmon 20": "wmi_event", "sysmon 21": "wmi_event", "sysmon 22": "dns_query",
	"sysmon 23": "file_delete", "sysmon 26": "file_delete file_delete_detected",
	"sysmon 24": "clipboard_capture", "sysmon 25": "process_tampering", "sysmon 27": "file_block_executable",
	"sysmon 28": "file_block_shredding", "sysmon 29": "file_executable_detected", "sysmon 255": "sysmon_error",
	"powershell 4103": "ps_module", "powershell 4104": "ps_script",
	"powershell-classic 400": "ps_classic_start", "powershell-classic 600": "ps_classic_provider_start",
	"powershell-classic 800": "ps_classic_script", "security 4688": "process_creation",
}

// windowsServices says which service a channel is, in lower case.
var windowsServices = map[string]string{
	"security": "security", "system": "system", "application": "application",
	"microsoft-windows-sysmon/operational":                               "sysmon",
	"microsoft-windows-powershell/operational":                           "powershell",
	"powershellcore/operational":                                         "powershell",
	"windows powershell":                                                 "powershell-classic",
	"microsoft-windows-taskscheduler/operational":                        "taskscheduler",
	"microsoft-windows-wmi-activity/operational":                         "wmi",
	"microsoft-windows-windows defender/operational":                     "windefend",
	"microsoft-windows-dns client events/operational":                    "dns-client",
	"microsoft-windows-dns-client/operational":                           "dns-client",
	"msexchange management":                                              "msexchange-management",
	"microsoft-windows-bits-client/operational":                          "bits-client",
	"microsoft-windows-ntlm/operational":                                 "ntlm",
	"microsoft-windows-codeintegrity/operational":                        "codeintegrity-operational",
	"microsoft-windows-appxdeploymentserver/operational":                 "appxdeployment-server",
	"microsoft-windows-windows firewall with advanced security/firewall": "firewall-as",
	"microsoft-windows-terminalservices-localsessionmanager/operational": "terminalservices-localsessionmanager",
}

// route decides which log sources an event of Windows belongs to. It keeps
// what it found by channel and event id.
type router struct {
	engine *sigma.Engine
	known  map[string]*sigma.Route
}

func (r *router) route(ev event) *sigma.Route {
	service := windowsServices[strings.ToLower(ev["Channel"].Text)]
	key := service + " " + ev["EventID"].Text
	if route, ok := r.known[key]; ok {
		return route
	}
	route := r.engine.Route(accepts(ev))
	r.known[key] = route
	return route
}

// accepts tells of a log source whether an event is one of it.
func accepts(ev event) func(sigma.LogSource) bool {
	service := windowsServices[strings.ToLower(ev["Channel"].Text)]
	categories := strings.Fields(windowsCategories[service+" "+ev["EventID"].Text])
	return func(s sigma.LogSource) bool {
		fits := func(part string, have ...string) bool {
			for _, h := range have {
				if part == h {
					return true
				}
			}
			return part == ""
		}
		return fits(s.Product, "windows") && fits(s.Service, service) && fits(s.Category, categories...)
	}
}
