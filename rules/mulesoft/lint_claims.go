package mulesoft

import "github.com/gatewhy/gatewhy/inspect/source"

// claimItem is one custom claim as the configuration lists it.
type claimItem struct {
	list, key string
	value     *source.Value
}

// claimItems lists the custom claims that the policy checks: none where their check is switched off.
func (c configured) claimItems() []claimItem {
	if c.asset != jwtValidation || c.custom || !c.setting("validateCustomClaim").on() {
		return nil
	}
	var all []claimItem
	for _, list := range []string{"mandatoryCustomClaims", "nonMandatoryCustomClaims"} {
		value := c.config.Member(list)
		if !value.Is(source.List) {
			continue
		}
		for _, item := range value.Items {
			key, _ := item.Member("key").Str()
			if v := item.Member("value"); v != nil {
				all = append(all, claimItem{list, key, v})
			}
		}
	}
	return all
}
