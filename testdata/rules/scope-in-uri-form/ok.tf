resource "anypoint_apim_policy_custom" "oauth2_token_introspection" {
  apim_id            = anypoint_apim_mule4.orders.id
  asset_id           = "oauth2-token-introspection"
  asset_version      = "1.0.1"
  configuration_data = jsonencode({
    introspectionURL       = "https://idp.example/introspect"
    authorizationValue     = "Basic …"
    scopes                 = "UAT.Access"
    skipClientIdValidation = true
  })
}
