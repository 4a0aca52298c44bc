package dev.zhida.web;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;

/** Every operation may answer a problem; said once here instead of at each. */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public final class ContractFilter implements OASFilter {

    @Override
    public Operation filterOperation(Operation operation) {
        var problem = OASFactory.createAPIResponse()
                .description("A problem: what went wrong, and what to do.")
                .content(OASFactory.createContent()
                        .addMediaType(
                                Problem.MEDIA_TYPE,
                                OASFactory.createMediaType()
                                        .schema(OASFactory.createSchema().ref("#/components/schemas/Problem"))));
        if (operation.getResponses() == null) {
            operation.setResponses(OASFactory.createAPIResponses());
        }
        operation.getResponses().addAPIResponse("default", problem);
        return operation;
    }
}
