package dev.zhida.report;

import dev.zhida.identity.Role;
import dev.zhida.money.Money;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Beside {@link ClickToOrderResource}: paths that begin alike hide each other within one class. */
@Path("/api/v1/reports/click-to-order.csv")
@Tag(name = "Reports")
class ClickToOrderCsvResource {

    private static final List<String> HEADER =
            List.of("从(秒) fromSeconds", "不到(秒) untilSeconds", "订单 orders", "数据截至 dataTo");

    private final ClickToOrderResource delays;

    ClickToOrderCsvResource(ClickToOrderResource delays) {
        this.delays = delays;
    }

    @GET
    @Blocking
    @Produces(FunnelCsvResource.CSV)
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportClickToOrder",
            summary = "How long buyers took from the click to the order, as a CSV file",
            description =
                    "A record for each bar, the last one, without seconds, of orders of which a marketplace told no "
                            + "time. Ends with #END,rows,0,sha256: nothing in it is money.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)))
    public Response export(
            @QueryParam("from") LocalDate from,
            @QueryParam("until") LocalDate until,
            @QueryParam("campaign") UUID campaign,
            @QueryParam("code") String code) {
        // Before the stream begins, so that a refusal is an answer of its own.
        var view = delays.delays(from, until, campaign, code);
        StreamingOutput body = out -> {
            var csv = new FinanceCsv(out, HEADER, false);
            for (var bar : view.bars()) {
                csv.record(Money.ZERO)
                        .plain(Long.toString(bar.fromSeconds()))
                        .plain(Objects.toString(bar.untilSeconds(), ""))
                        .plain(Long.toString(bar.orders()))
                        .time(view.dataTo())
                        .end();
            }
            csv.record(Money.ZERO)
                    .plain("")
                    .plain("")
                    .plain(Long.toString(view.unknown()))
                    .time(view.dataTo())
                    .end();
            csv.end();
        };
        return FunnelCsvResource.download(body, "click-to-order");
    }
}
