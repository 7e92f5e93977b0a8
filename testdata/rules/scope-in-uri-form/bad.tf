resource "anypoint_apim_policy_custom" "openidconnect_access_token_enforcement" {
  apim_id            = anypoint_apim_mule4.orders.id
  asset_id           = "openidconnect-access-token-enforcement"
  asset_version      = "1.3.0"
  configuration_data = jsonencode({
    scopes                 = "api://orders-uat/UAT.Access"
    skipClientIdValidation = true
  })
}
