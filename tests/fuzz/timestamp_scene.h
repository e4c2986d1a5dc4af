// A time-stamping authority of its own day and one token of it, made once by `openssl ts`: for the
// target timestamp and its seed.
#pragma once

namespace entente::fuzz {

inline constexpr char kStampedData[] = "checkpoint";
inline constexpr char kStampAuthority[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBYjCCAQigAwIBAgIUEE5rRBYr6fYvJWg12qX3xmSukYgwCgYIKoZIzj0EAwIw\n"
    "DjEMMAoGA1UEAwwDdHNhMCAXDTI2MTEyOTE3MTk0MVoYDzIxMjYxMTA1MTcxOTQx\n"
    "WjAOMQwwCgYDVQQDDAN0c2EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ434Jj\n"
    "XJJGYEHgyHqtKY/a2pZ+nU2O1MhVcpdRESAsEAnHSda83YnSRwyrXORGPzsNiz0y\n"
    "8CP9UcTnewBLpAr7o0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIC\n"
    "BDAdBgNVHQ4EFgQU+6OagFglvDHEpmfVvUf8Yc/fKaYwCgYIKoZIzj0EAwIDSAAw\n"
    "RQIhALPW4heqRBRbLdXAs5/t6i1oFfzepQU2oyiVZy4ceFrZAiAFbJ9Y2Eyd2hwX\n"
    "JFpk3OG6VSB9CY/XGmu2j1104v/KGA==\n"
    "-----END CERTIFICATE-----\n";
// Base64 of the DER of a TimeStampResp over kStampedData.
inline constexpr char kStampToken[] =
    "MIIDZDADAgEAMIIDWwYJKoZIhvcNAQcCoIIDTDCCA0gCAQMxDzANBglghkgBZQMEAgEFADByBgsq"
    "hkiG9w0BCRABBKBjBGEwXwIBAQYDKgMEMDEwDQYJYIZIAWUDBAIBBQAEIEcyCYf5pJ1bABGblg8k"
    "epVnc/V1Q5gri/y22luzr9nvAgECGA8yMDI2MTEyOTE3MTk0MVowAwIBAQIJAJKdjUw95fbyoIIB"
    "izCCAYcwggEuoAMCAQICFB0mfv/PZ+SdvH7TdBeDU9yuVXB2MAoGCCqGSM49BAMCMA4xDDAKBgNV"
    "BAMMA3RzYTAgFw0yNjExMjkxNzE5NDFaGA8yMTI2MTEwNTE3MTk0MVowDDEKMAgGA1UEAwwBdDBZ"
    "MBMGByqGSM49AgEGCCqGSM49AwEHA0IABM2KhybFHyX0b24feSHfn89MEgS0wTxhC1PIZozjIuUl"
    "eo/zJOsr0MOx80MtAH57lDG0F9yT1pOftwLixjEyMgWjajBoMBYGA1UdJQEB/wQMMAoGCCsGAQUF"
    "BwMIMA4GA1UdDwEB/wQEAwIHgDAdBgNVHQ4EFgQUHFPj1nwvXzKN1krNVAY9kopajIIwHwYDVR0j"
    "BBgwFoAU+6OagFglvDHEpmfVvUf8Yc/fKaYwCgYIKoZIzj0EAwIDRwAwRAIgOqJuwuXgBWae0u/9"
    "xZxTYbUHJ2PG23anmvc4uS6Cs74CIGPW6upj9ZKmmFkGnIgknkk5eIfKTfD8ozX0CGaZqLJ3MYIB"
    "LTCCASkCAQEwJjAOMQwwCgYDVQQDDAN0c2ECFB0mfv/PZ+SdvH7TdBeDU9yuVXB2MA0GCWCGSAFl"
    "AwQCAQUAoIGYMBoGCSqGSIb3DQEJAzENBgsqhkiG9w0BCRABBDAcBgkqhkiG9w0BCQUxDxcNMjYx"
    "MTI5MTcxOTQxWjArBgsqhkiG9w0BCRACDDEcMBowGDAWBBQOyhmTsIRP4xPUYhT1cQVG2soGHDAv"
    "BgkqhkiG9w0BCQQxIgQg2e6UCJQizXDgt/yT1Abr8d+Xf/QpooVEyR6QuSCH5hwwCgYIKoZIzj0E"
    "AwIERjBEAiBdLzQxaeksb3a0w7lnyDK94jlfmmq8BhnLkt+WC7CSiAIgMwwttJLdDXqezRjNA+77"
    "PqIhdP+AjpSvgFzwiYhLv8E=";

}  // namespace entente::fuzz
