package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// caller says whom the program trusts and how it shows who calls.
type caller struct {
	ca, cert, key string // PEM files
	apiKey        string
}

// dial makes a connection to "host:port" (TLS where a PEM file is given), "http://host:port" or "https://host:port". It returns
// at once; calls wait for the connection, or fail where there is none.
func (c caller) dial(endpoint string) (*grpc.ClientConn, error) {
	target, secure := strings.TrimSuffix(endpoint, "/"), c.ca != "" || c.cert != ""
	switch {
	case strings.HasPrefix(target, "https://"):
		target, secure = strings.TrimPrefix(target, "https://"), true
	case strings.HasPrefix(target, "http://"):
		target, secure = strings.TrimPrefix(target, "http://"), false
	}
	options := []grpc.DialOption{grpc.WithInsecure()}
	if secure {
		config, err := c.tls()
		if err != nil {
			return nil, err
		}
		options = []grpc.DialOption{grpc.WithTransportCredentials(credentials.NewTLS(config))}
	}
	if c.apiKey != "" {
		options = append(options, grpc.WithPerRPCCredentials(bearer(c.apiKey)))
	}
	return grpc.Dial(target, options...)
}

func (c caller) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.ca != "" {
		pem, err := os.ReadFile(c.ca)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", c.ca)
		}
	}
	if c.cert != "" {
		own, err := tls.LoadX509KeyPair(c.cert, c.key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{own}
	}
	return config, nil
}

// bearer is an API key or token that goes with every call.
type bearer string

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// RequireTransportSecurity is false as with the other clients: whoever runs a service without TLS decides for its network.
func (bearer) RequireTransportSecurity() bool { return false }
