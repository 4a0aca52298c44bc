package dev.zhida.marketplace;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.problem.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/connections")
@Tag(name = "Connections", description = "How marketplace accounts are reached. Secrets go in and never come out.")
class ConnectionResource {

    private final Connections connections;
    private final Connectors connectors;
    private final CurrentCaller caller;
    private final Clock clock;

    ConnectionResource(Connections connections, Connectors connectors, CurrentCaller caller, Clock clock) {
        this.connections = connections;
        this.connectors = connectors;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(description = "All of it, each time: what is left out is forgotten.")
    record EnterConnection(
            @NotBlank @Size(max = 200) String appKey,
            @NotBlank @Size(max = 500) String secret,

            @Size(min = 1, max = 2_000) @Schema(description = "The access token, where the account has one.")
            String session,

            @Schema(description = "When the session ends, as the marketplace said.")
            Instant sessionExpiresAt,

            @Size(max = 20)
            @Schema(
                    description = "Taobao: signMethod. JD: siteId, linkMethod (common, bysubunionid). PDD: pid. Douyin:"
                            + " pid, interface (pangolin, buyin). All: feedsOff, the feeds that the account has no"
                            + " permission for, separated by commas; they are not asked for, and lack nothing.")
            Map<@Size(max = 50) String, @Size(max = 500) String> settings) {

        @Override
        public String toString() {
            return "EnterConnection[…]";
        }
    }

    record ConnectionView(
            @Schema(required = true) UUID accountId,
            @Schema(required = true) Marketplace marketplace,

            @Schema(description = "The last four characters of the app key; absent if it cannot be read.")
            String appKeyEnd,

            @Schema(required = true) boolean hasSession,
            Instant sessionExpiresAt,
            @Schema(required = true) Map<String, String> settings,
            @Schema(required = true) Instant changedAt,

            @Schema(description = "Why it cannot be used, and what to do; absent if it can.")
            String problem) {

        static ConnectionView of(Connections.Description description) {
            return new ConnectionView(
                    description.accountId(),
                    description.marketplace(),
                    description.appKeyEnd(),
                    description.hasSession(),
                    description.sessionExpiresAt(),
                    description.settings(),
                    description.changedAt(),
                    description.problem());
        }
    }

    record ConnectionsView(
            @Schema(required = true) List<ConnectionView> items,
            @Schema(required = true) Instant dataTo) {}

    record ConnectionTestView(
            @Schema(required = true) boolean works,

            @Schema(description = "What was asked; absent if it was not answered.")
            String asked,

            @Schema(required = true, description = "How long the answer took, in milliseconds.")
            long millis,

            @Schema(description = "What kind of failure it was; absent if it works.")
            MarketplaceFailure.Kind failure,

            @Schema(description = "In the marketplace's own words.")
            String words,

            String whatToDo) {}

    record EncryptedAnewView(
            @Schema(required = true, description = "How many connections an older key had encrypted.")
            int changed) {}

    @GET
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(operationId = "listConnections", summary = "The connections of all accounts, without their secrets")
    public ConnectionsView list() {
        var at = clock.instant();
        return new ConnectionsView(
                connections.descriptions().stream().map(ConnectionView::of).toList(), at);
    }

    @GET
    @Path("/{accountId}")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(operationId = "getConnection", summary = "The connection of an account, without its secrets")
    public ConnectionView get(@PathParam("accountId") UUID accountId) {
        return connections.description(accountId).map(ConnectionView::of).orElseThrow(() -> unknown(accountId));
    }

    @PUT
    @Path("/{accountId}")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "putConnection",
            summary = "Enter how an account is reached",
            description = "Takes the place of what was entered before, at once and on every node.")
    public ConnectionView put(@PathParam("accountId") UUID accountId, @NotNull @Valid EnterConnection request) {
        connections.put(
                accountId,
                new Connections.Content(
                        request.appKey().strip(),
                        request.secret().strip(),
                        request.session() == null ? null : request.session().strip(),
                        request.settings() == null ? Map.of() : request.settings()),
                request.sessionExpiresAt(),
                caller.get().personId());
        return get(accountId);
    }

    @DELETE
    @Path("/{accountId}")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "removeConnection",
            summary = "Forget how an account is reached",
            description = "Answers what was forgotten.")
    public ConnectionView remove(@PathParam("accountId") UUID accountId) {
        var forgotten = get(accountId);
        if (!connections.remove(accountId, caller.get().personId())) {
            throw unknown(accountId);
        }
        return forgotten;
    }

    @POST
    @Path("/{accountId}/test")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "testConnection",
            summary = "Ask the marketplace for something small",
            description = "Answers what was asked and how long it took, or what the marketplace said instead.")
    public ConnectionTestView test(@PathParam("accountId") UUID accountId) {
        var connection = connections.of(accountId).orElseThrow(() -> unknown(accountId));
        var start = System.nanoTime();
        try {
            var asked = connectors.of(connection).test(connection);
            return new ConnectionTestView(true, asked, millisSince(start), null, null, null);
        } catch (MarketplaceFailure failure) {
            return new ConnectionTestView(
                    false, null, millisSince(start), failure.kind(), failure.getMessage(), whatToDo(failure));
        }
    }

    @POST
    @Path("/encryption")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "encryptConnectionsAnew",
            summary = "Encrypt all connections with the newest master key",
            description = "Older keys can be taken away afterwards. The key file is read anew; no restart is needed.")
    public EncryptedAnewView encryptAnew() {
        return new EncryptedAnewView(connections.encryptAnew(caller.get().personId()));
    }

    private static String whatToDo(MarketplaceFailure failure) {
        return switch (failure.kind()) {
            case THROTTLED -> "wait a moment and test again; if it stays, lower the calls per second of the account";
            case NOT_AUTHORISED ->
                "check app key, secret and session, the permissions of the app, and whether this machine's address has"
                        + " to be on the app's list";
            case CALLER, ITEM -> "check the settings of the connection against the marketplace's words";
            case WINDOW_TOO_LONG, TOO_MANY_ROWS, TOO_LATE ->
                "the connection works, but the marketplace does not take our windows: see the configuration";
            case PLATFORM -> "the marketplace cannot be reached or has trouble of its own: test again later";
        };
    }

    private static long millisSince(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private static Refusal unknown(UUID accountId) {
        return new Refusal(
                Refusal.Kind.NOT_FOUND,
                "connection-unknown",
                "nobody entered how the account " + accountId + " is reached: PUT it to this address");
    }
}
