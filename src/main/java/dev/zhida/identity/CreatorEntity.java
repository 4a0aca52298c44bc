package dev.zhida.identity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity
@Table(name = "creator")
class CreatorEntity {

    @Id
    UUID id;

    String name;

    @Column(name = "created_at")
    Instant createdAt;
}
