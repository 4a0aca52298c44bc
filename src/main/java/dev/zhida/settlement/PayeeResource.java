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

            @Size(min = 1, max = 500) @Schema(description = "Why not to pay at all; left out if there is no reason.")
            String blockedReason) {

        Payee payee() {
            return new Payee(channel, name.strip(), account.strip(), bank, blockedReason);
        }
    }

    @GET
    @Path("/{holder}")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(operationId = "getPayee", summary = "Where a creator or an agency is paid", description = "By its id.")
    public PayeeBody get(@PathParam("holder") UUID holder) {
        var payee = payees.get(holder);
        return new PayeeBody(payee.channel(), payee.name(), payee.account(), payee.bank(), payee.blockedReason());
    }

    @PUT
    @Path("/{holder}")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "putPayee",
            summary = "Say where a creator or an agency is paid, or that it is not to be",
            description =
                    "Payouts that are made already keep what they were made with; before it is exported, an approver has"
                            + " to look at such a one again.")
    public PayeeBody put(@PathParam("holder") UUID holder, @NotNull @Valid PayeeBody body) {
        payees.put(holder, body.payee(), caller.get());
        return get(holder);
    }
}
