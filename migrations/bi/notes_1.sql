-- Whatever changes a figure is noted in its own transaction, row by row: by whom does not matter. A WHEN is decided
-- before any function is called, so what no figure reads (a place in the queue, a draft) costs nothing.
CREATE OR REPLACE FUNCTION report_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report_change (what, row_id) VALUES (TG_ARGV[0], coalesce(NEW.id, OLD.id));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION report_note_of_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report_change (what, row_id) VALUES (TG_ARGV[0], coalesce(NEW.ticket_id, OLD.ticket_id));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION report_note_of_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report_change (what, row_id) VALUES (TG_ARGV[0], coalesce(NEW.interaction_id, OLD.interaction_id));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION report_note_of_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report_change (what, row_id) VALUES (TG_ARGV[0], NEW.customer_id), (TG_ARGV[0], OLD.customer_id);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER report_come AFTER INSERT OR DELETE ON interaction
    FOR EACH ROW EXECUTE FUNCTION report_note('arrival');
CREATE OR REPLACE TRIGGER report_come_otherwise AFTER UPDATE ON interaction FOR EACH ROW
    WHEN ((OLD.customer_id, OLD.ticket_id, OLD.kind, OLD.direction, OLD.queued_at)
          IS DISTINCT FROM (NEW.customer_id, NEW.ticket_id, NEW.kind, NEW.direction, NEW.queued_at))
    EXECUTE FUNCTION report_note('arrival');
CREATE OR REPLACE TRIGGER report_moved AFTER UPDATE ON interaction FOR EACH ROW
    WHEN ((OLD.state, OLD.queue_id, OLD.agent_id, OLD.channel, OLD.accepted_at, OLD.answered_at, OLD.ended_at,
           OLD.wrapped_at)
          IS DISTINCT FROM (NEW.state, NEW.queue_id, NEW.agent_id, NEW.channel, NEW.accepted_at, NEW.answered_at,
                            NEW.ended_at, NEW.wrapped_at))
    EXECUTE FUNCTION report_note('contact');
CREATE OR REPLACE TRIGGER report_handled AFTER INSERT OR UPDATE ON handling FOR EACH ROW
    WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION report_note_of_contact('contact');

CREATE OR REPLACE TRIGGER report_opened AFTER INSERT OR DELETE ON ticket
    FOR EACH ROW EXECUTE FUNCTION report_note('ticket_new');
CREATE OR REPLACE TRIGGER report_moved AFTER UPDATE ON ticket FOR EACH ROW
    WHEN ((OLD.state, OLD.queue_id, OLD.assignee_id, OLD.channel, OLD.opened_at, OLD.resolved_at, OLD.reopened)
          IS DISTINCT FROM (NEW.state, NEW.queue_id, NEW.assignee_id, NEW.channel, NEW.opened_at, NEW.resolved_at,
                            NEW.reopened))
    EXECUTE FUNCTION report_note('ticket');
CREATE OR REPLACE TRIGGER report_turned AFTER UPDATE ON ticket FOR EACH ROW
    WHEN ((OLD.kind, OLD.customer_id) IS DISTINCT FROM (NEW.kind, NEW.customer_id))
    EXECUTE FUNCTION report_note('ticket_all');
CREATE OR REPLACE TRIGGER report_decided AFTER UPDATE ON deadline FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION report_note_of_ticket('ticket_only');
CREATE OR REPLACE TRIGGER report_owed AFTER INSERT ON deadline FOR EACH ROW
    WHEN (NEW.state IN ('MET', 'MISSED')) EXECUTE FUNCTION report_note_of_ticket('ticket_only');
CREATE OR REPLACE TRIGGER report_used AFTER INSERT ON kb_use FOR EACH ROW
    WHEN (NEW.ticket_id IS NOT NULL AND NEW.what <> 'READ') EXECUTE FUNCTION report_note_of_ticket('ticket_only');
CREATE OR REPLACE TRIGGER report_unused AFTER DELETE ON kb_use FOR EACH ROW
    WHEN (OLD.ticket_id IS NOT NULL) EXECUTE FUNCTION report_note_of_ticket('ticket_only');
CREATE OR REPLACE TRIGGER report_covered AFTER INSERT ON entitlement_check FOR EACH ROW
    WHEN (NEW.asset_id IS NOT NULL) EXECUTE FUNCTION report_note_of_ticket('ticket_all');
CREATE OR REPLACE TRIGGER report_covered_otherwise AFTER UPDATE ON entitlement_check FOR EACH ROW
    WHEN (OLD.asset_id IS DISTINCT FROM NEW.asset_id) EXECUTE FUNCTION report_note_of_ticket('ticket_all');

CREATE OR REPLACE TRIGGER report_offered AFTER INSERT OR UPDATE ON offer FOR EACH ROW
    WHEN (NEW.state <> 'PENDING') EXECUTE FUNCTION report_note('offer');
CREATE OR REPLACE TRIGGER report_offer_gone AFTER DELETE ON offer
    FOR EACH ROW EXECUTE FUNCTION report_note('offer');
CREATE OR REPLACE TRIGGER report_asked AFTER INSERT OR UPDATE OR DELETE ON survey
    FOR EACH ROW EXECUTE FUNCTION report_note('survey');
CREATE OR REPLACE TRIGGER report_rung AFTER INSERT OR UPDATE ON call FOR EACH ROW
    WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION report_note('call');
CREATE OR REPLACE TRIGGER report_call_gone AFTER DELETE ON call
    FOR EACH ROW EXECUTE FUNCTION report_note('call');

CREATE OR REPLACE TRIGGER report_meant AFTER UPDATE ON queue FOR EACH ROW
    WHEN ((OLD.team_id, OLD.target_seconds) IS DISTINCT FROM (NEW.team_id, NEW.target_seconds))
    EXECUTE FUNCTION report_note('queue');
CREATE OR REPLACE TRIGGER report_lives AFTER UPDATE ON customer FOR EACH ROW
    WHEN ((OLD.region, OLD.company_id) IS DISTINCT FROM (NEW.region, NEW.company_id))
    EXECUTE FUNCTION report_note('customer');
CREATE OR REPLACE TRIGGER report_ranked AFTER UPDATE ON tier_change FOR EACH ROW
    WHEN (OLD.customer_id IS DISTINCT FROM NEW.customer_id) EXECUTE FUNCTION report_note_of_customer('customer');
CREATE OR REPLACE TRIGGER report_made AFTER UPDATE ON asset FOR EACH ROW
    WHEN (OLD.product_id IS DISTINCT FROM NEW.product_id) EXECUTE FUNCTION report_note('asset');
