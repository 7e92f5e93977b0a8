resource "anypoint_api_policy_oauth2_token_introspection" "orders" {
  api_instance_id = anypoint_api_instance.orders.id
  asset_version   = "1.0.1"

  configuration = {
    introspection_url         = "https://login.microsoftonline.com/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/oauth2/introspect"
    authorization_value       = "Basic ..."
    scopes                    = "UAT.Access"
    skip_client_id_validation = true
  }
}
