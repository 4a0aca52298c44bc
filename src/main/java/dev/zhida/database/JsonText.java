package dev.zhida.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Type;
import java.sql.Types;
import java.util.Optional;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.argument.ArgumentFactory;
import org.jdbi.v3.core.config.ConfigRegistry;

/**
 * A value that is written to a {@code jsonb} column.
 *
 * @param value anything that Jackson can write
 */
public record JsonText(Object value) {

    record Factory(ObjectMapper json) implements ArgumentFactory {
        @Override
        public Optional<Argument> build(Type type, Object value, ConfigRegistry config) {
            if (!(value instanceof JsonText(var content))) {
                return Optional.empty();
            }
            return Optional.of((position, statement, context) -> {
                try {
                    statement.setObject(position, json.writeValueAsString(content), Types.OTHER);
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }
}
