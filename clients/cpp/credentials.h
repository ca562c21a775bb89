// Whom a client trusts and how it shows who calls.
#pragma once

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include <grpcpp/grpcpp.h>

namespace cnnviz {

struct Credentials {
  std::string ca;       // PEM file of the authorities that vouch for the service; empty for gRPC's own.
  std::string cert;     // PEM file of a client certificate; empty for none.
  std::string key;      // PEM file of its private key.
  std::string api_key;  // API key or token; empty for that of CNNVIZ_API_KEY, which other users of the machine cannot see.
};

inline std::string read_file(const std::string& path) {
  if (path.empty()) return {};
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  if (!(text << stream.rdbuf())) throw std::runtime_error("cannot read " + path);
  return text.str();
}

// A channel to "host:port" (TLS where there is a ca or cert), "http://host:port" or "https://host:port".
inline std::shared_ptr<grpc::Channel> connect(std::string endpoint, const Credentials& credentials) {
  bool tls = !credentials.ca.empty() || !credentials.cert.empty();
  if (const auto colon = endpoint.find("://"); colon != std::string::npos) {
    tls = endpoint.compare(0, colon, "https") == 0;
    endpoint.erase(0, colon + 3);
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // A proxy for the internet cannot reach a service on this machine.
  if (!tls) return grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(), arguments);
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = read_file(credentials.ca);
  options.pem_private_key = read_file(credentials.key);
  options.pem_cert_chain = read_file(credentials.cert);
  return grpc::CreateCustomChannel(endpoint, grpc::SslCredentials(options), arguments);
}

// Shows the key with a call.
inline void authorize(grpc::ClientContext& context, const Credentials& credentials) {
  const char* variable = std::getenv("CNNVIZ_API_KEY");
  const std::string key = !credentials.api_key.empty() ? credentials.api_key : variable != nullptr ? variable : "";
  if (!key.empty()) context.AddMetadata("authorization", "Bearer " + key);
}

}  // namespace cnnviz
