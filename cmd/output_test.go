package cmd

import "testing"

// environment is a LookupEnv of these variables.
func environment(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	terminal := Terminal{Stdout: true}
	tests := []struct {
		name      string
		flag      string
		terminal  Terminal
		variables map[string]string
		want      bool
	}{
		{"a terminal is coloured", "auto", terminal, nil, true},
		{"a pipe is not", "auto", Terminal{}, nil, false},
		{"NO_COLOR asks for none", "auto", terminal, map[string]string{"NO_COLOR": "1"}, false},
		{
			"an empty NO_COLOR asks for nothing", "auto", terminal,
			map[string]string{"NO_COLOR": ""},
			true,
		},
		{"a dumb terminal shows none", "auto", terminal, map[string]string{"TERM": "dumb"}, false},
		{
			"the flag outranks NO_COLOR", "always",
			Terminal{},
			map[string]string{"NO_COLOR": "1"},
			true,
		},
		{"and a terminal", "never", terminal, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			flags := outputFlags{color: choice{value: test.flag}}
			env := &Env{Terminal: test.terminal, LookupEnv: environment(test.variables)}
			if got := flags.colored(env); got != test.want {
				t.Errorf("coloured: %v, want %v", got, test.want)
			}
		})
	}
}

func TestLocale(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		variables map[string]string
		want      bool
	}{
		{"nothing set is no UTF-8", nil, false},
		{"LANG tells", map[string]string{"LANG": "de_AT.UTF-8"}, true},
		{"in either spelling", map[string]string{"LANG": "C.utf8"}, true},
		{
			"LC_CTYPE outranks LANG",
			map[string]string{"LANG": "C.UTF-8", "LC_CTYPE": "de_AT"},
			false,
		},
		{
			"LC_ALL outranks both",
			map[string]string{"LANG": "C", "LC_CTYPE": "C", "LC_ALL": "en_US.UTF-8"},
			true,
		},
		{"what is empty does not count", map[string]string{"LANG": "C.UTF-8", "LC_ALL": ""}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := localeIsUTF8(environment(test.variables)); got != test.want {
				t.Errorf("UTF-8: %v, want %v", got, test.want)
			}
		})
	}
}
