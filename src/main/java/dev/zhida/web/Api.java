package dev.zhida.web;

import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** What the contract says about the API as a whole. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Zhida 直达",
                        version = "1",
                        description =
                                "Which link or token earned which yuan. Amounts are whole fen, times are instants, "
                                        + "errors are problem documents (RFC 9457) with a stable code."),
        security = @SecurityRequirement(name = "apiKey"))
@SecurityScheme(
        securitySchemeName = "apiKey",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        description = "An API key.")
public class Api extends Application {}
