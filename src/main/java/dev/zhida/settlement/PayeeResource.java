package dev.zhida.settlement;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/payees")
@Blocking
@Tag(name = "Settlement")
class PayeeResource {

    private final Payees payees;
    private final CurrentCaller caller;

    PayeeResource(Payees payees, CurrentCaller caller) {
        this.payees = payees;
        this.caller = caller;
    }

    @Schema(name = "Payee")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PayeeBody(
            @NotNull @Schema(required = true) PayeeChannel channel,

            @NotBlank @Size(max = 100) @Schema(required = true, description = "As the account is held.")
            String name,

            @NotBlank
            @Size(max = 100)
            @Schema(required = true, description = "An Alipay account, or a bank account's number.")
            String account,

            @Size(min = 1, max = 100) @Schema(description = "The bank's name; of a BANK account only.")
            String bank,

            @Size(min = 1, max = 500) @Schema(description = "Why she is not to be paid; left out if she may be.")
            String blockedReason) {

        Payee payee() {
            return new Payee(channel, name.strip(), account.strip(), bank, blockedReason);
        }
    }

    @GET
    @Path("/{creator}")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(operationId = "getPayee", summary = "Where a creator is paid")
    public PayeeBody get(@PathParam("creator") UUID creator) {
        var payee = payees.get(creator);
        return new PayeeBody(payee.channel(), payee.name(), payee.account(), payee.bank(), payee.blockedReason());
    }

    @PUT
    @Path("/{creator}")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "putPayee",
            summary = "Say where a creator is paid, or that she is not to be",
            description = "Payouts that are made already keep what they were made with.")
    public PayeeBody put(@PathParam("creator") UUID creator, @NotNull @Valid PayeeBody body) {
        payees.put(creator, body.payee(), caller.get());
        return get(creator);
    }
}
