package cmd

import (
	"github.com/gatewhy/gatewhy/inspect"
)

// tokenHelp says in the help of a command what its TOKEN may be.
const tokenHelp = "TOKEN is an argument, @FILE for a file, - or nothing for standard input (on a terminal it is asked for, and not\n" +
	"shown). Anything that is pasted is accepted: quotes, line breaks, \"Bearer x\", a header, a curl command, a token\n" +
	"endpoint's answer, a HAR file."

// readToken finds and reads the token that the arguments name, as the contract has it: an argument, - or
// nothing for standard input, @FILE for a file, and in each whatever a person pastes. What was odd about the
// text around the token is among the token's observations. A text that is no readable token is none of the
// errors: it is the Fault of the token.
func (e *Env) readToken(args []string) (*inspect.Token, error) {
	text, err := e.tokenText(args)
	if err != nil {
		return nil, err
	}
	return e.tokenIn(text)
}

// tokenIn finds and reads the token in a text.
func (e *Env) tokenIn(text string) (*inspect.Token, error) {
	found, err := inspect.Locate(text)
	if err != nil {
		return nil, err
	}
	if found.Others > 0 {
		e.note("the text has %d tokens; %s", found.Others+1, found.Choice())
	}
	token := inspect.Parse(found.Text)
	token.Observations = append(found.Notes, token.Observations...)
	return token, nil
}
