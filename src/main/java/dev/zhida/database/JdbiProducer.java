package dev.zhida.database;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.array.SqlArrayType;
import org.jdbi.v3.core.array.SqlArrayTypeFactory;
import org.jdbi.v3.postgres.PostgresPlugin;

/** Plain SQL for the rooms where volume or locks matter. */
final class JdbiProducer {

    @Produces
    @Singleton
    Jdbi jdbi(AgroalDataSource dataSource, ObjectMapper json) {
        var jdbi = Jdbi.create(dataSource).installPlugin(new PostgresPlugin());
        jdbi.registerArgument(new JsonText.Factory(json));
        jdbi.registerArrayType(asBytes(String.class, "varchar"));
        jdbi.registerArrayType(asBytes(Long.class, "int8"));
        jdbi.registerArrayType(asBytes(Integer.class, "int4"));
        jdbi.registerArrayType(asBytes(Boolean.class, "bool"));
        jdbi.registerArrayType(OffsetDateTime.class, "timestamptz");
        jdbi.registerArrayType(LocalDate.class, "date");
        jdbi.registerArrayType(BigDecimal.class, "numeric");
        // Inside @Transactional the connection belongs to the transaction of the thread, which ends it.
        jdbi.getConfig(Handles.class).setForceEndTransactions(false);
        return jdbi;
    }

    /**
     * Arrays of an own class, which the driver sends as they are. Of those that Jdbi registers it makes arrays of objects,
     * which the driver writes out, character by character, for PostgreSQL to read in the same way.
     */
    private static SqlArrayTypeFactory asBytes(Class<?> elements, String name) {
        var type = new SqlArrayType<>() {
            @Override
            public String getTypeName() {
                return name;
            }

            @Override
            public Object convertArrayElement(Object element) {
                return element;
            }

            @Override
            public Class<?> getArrayElementClass() {
                return elements;
            }
        };
        return (element, config) -> element == elements ? Optional.of(type) : Optional.empty();
    }
}
