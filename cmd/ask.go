package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// ask asks on a terminal for what no file says. Without an answer it stays open.
func (e *Env) ask(survey *environments.Survey) error {
	if !e.Terminal.Stdin || !e.Terminal.Stderr {
		return nil
	}
	answers := bufio.NewReader(e.Stdin)
	for _, choice := range survey.Choices() {
		if err := e.choose(answers, &choice); err != nil {
			return err
		}
	}
	if choice, open := survey.TenantChoice(); open {
		return e.choose(answers, &choice)
	}
	return nil
}

// choose asks one question until the answer can be taken, or is nothing.
func (e *Env) choose(answers *bufio.Reader, choice *environments.Choice) error {
	for {
		fmt.Fprintln(e.Stderr, report.Guarded(choice.Question))
		for i, option := range choice.Options {
			fmt.Fprintf(e.Stderr, "  %d  %s\n", i+1, report.Guarded(option))
		}
		fmt.Fprint(e.Stderr, "(press Enter to skip) ")
		answer, err := answers.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if answer = strings.TrimSpace(answer); answer == "" {
			return nil
		}
		refused := takeAnswer(choice, answer)
		if refused == nil || err != nil { // there is no other answer
			return refused
		}
		fmt.Fprintln(e.Stderr, report.Guarded(report.AsError(refused).Cause))
	}
}

// takeAnswer takes an option by its number or as it is written, or any text where there are none.
func takeAnswer(choice *environments.Choice, answer string) error {
	if len(choice.Options) == 0 {
		return choice.Take(answer)
	}
	for i, option := range choice.Options {
		if answer == option || answer == strconv.Itoa(i+1) {
			return choice.Take(option)
		}
	}
	return problem(fmt.Sprintf("enter a number from 1 to %d", len(choice.Options)))
}
