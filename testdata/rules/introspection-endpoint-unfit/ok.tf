resource "anypoint_api_policy_oauth2_token_introspection" "orders" {
  api_instance_id = anypoint_api_instance.orders.id
  asset_version   = "1.0.1"

  configuration = {
    introspection_url         = "https://idp.example/introspect"
    authorization_value       = "Basic ..."
    scopes                    = "UAT.Access"
    skip_client_id_validation = true
  }
}
