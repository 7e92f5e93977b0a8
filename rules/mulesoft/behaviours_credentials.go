package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// clientIDRows are the answers of Client ID Enforcement to credentials that an expression reads.
func clientIDRows() []row {
	enforcement, challenge := []string{clientIDEnforcement}, []string{"WWW-Authenticate: Client-ID-Enforcement"}
	refused := answer(401, "", rules.Documented, docClientID)
	return []row{
		{noClientID, Mule, enforcement, refused, challenge},
		{noClientID, Flex, enforcement, answer(401, `{"error":"Client ID is not present"}`, rules.Observed, obsFlexClientID), challenge},
		{credentialsWrong, Mule, enforcement, refused, challenge},
		{credentialsWrong, Flex, enforcement, refused, challenge},
		{noContract, Mule, enforcement, refused, challenge},
		{noContract, Flex, enforcement, refused, challenge},
	}
}

// basicBehaviours adds the same for credentials in basic form, which another challenge asks for.
func basicBehaviours(all []rules.Behaviour) []rules.Behaviour {
	first := len(all)
	all = published(all, clientIDRows())
	for i := first; i < len(all); i++ {
		all[i].Condition = "credentials in basic form"
		all[i].Answer.Body, all[i].Answer.Evidence = "", documented(docClientID)
		all[i].Headers = []string{`WWW-Authenticate: Basic realm="mule-realm"`}
	}
	return all
}

// slaRows are the answers of the SLA-based rate limit.
func slaRows() []row {
	sla := []string{rateLimitingSLA}
	refused, exceeded := answer(401, "", rules.Documented, docSLA), answer(429, "", rules.Documented, docSLA)
	return []row{
		{noClientID, Mule, sla, refused, nil},
		{noClientID, Flex, sla, refused, nil},
		{credentialsWrong, Mule, sla, refused, nil},
		{credentialsWrong, Flex, sla, refused, nil},
		{noContract, Mule, sla, refused, nil},
		{noContract, Flex, sla, refused, nil},
		{quotaExceeded, Mule, sla, exceeded, nil},
		{quotaExceeded, Flex, sla, exceeded, nil},
		{unavailable, Mule, sla, answer(503, "", rules.Documented, docSLA), nil},
	}
}

// soapBehaviours adds the answers of the SLA-based rate limit for an API that is described by a WSDL.
func soapBehaviours(all []rules.Behaviour) []rules.Behaviour {
	sla, first := []string{rateLimitingSLA}, len(all)
	all = published(all, []row{
		{soapFault, Mule, sla, answer(500, "", rules.Documented, docSLA), nil},
		{soapFault, Mule, sla, answer(400, "", rules.Documented, docSLA), nil},
	})
	all[first].Condition, all[first+1].Condition = "SOAP 1.1", "SOAP 1.2"
	return all
}
