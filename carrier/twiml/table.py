"""Which elements TwiML for voice has, with their attributes and children, as the official library has them.

Written by `carrier.twiml.generate`; do not edit.
"""

from __future__ import annotations

# fmt: off
ELEMENTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "AiSession": (  # attributes, then children
        frozenset("aiConnector aiSessionConfiguration".split()),
        frozenset(),
    ),
    "Application": (  # attributes, then children
        frozenset("copyParentTo customerId method statusCallback statusCallbackEvent statusCallbackMethod url".split()),
        frozenset("ApplicationSid Parameter".split()),
    ),
    "ApplicationSid": (  # attributes, then children
        frozenset(),
        frozenset(),
    ),
    "Autopilot": (  # attributes, then children
        frozenset(),
        frozenset(),
    ),
    "Client": (  # attributes, then children
        frozenset("method statusCallback statusCallbackEvent statusCallbackMethod url".split()),
        frozenset("Identity Parameter".split()),
    ),
    "Conference": (  # attributes, then children
        frozenset("beep coach endConferenceOnExit eventCallbackUrl jitterBufferSize maxParticipants muted participantLabel record recordingConfigurationId recordingStatusCallback recordingStatusCallbackEvent recordingStatusCallbackMethod region startConferenceOnEnter statusCallback statusCallbackEvent statusCallbackMethod trim waitMethod waitUrl".split()),
        frozenset(),
    ),
    "Config": (  # attributes, then children
        frozenset("name value".split()),
        frozenset(),
    ),
    "Connect": (  # attributes, then children
        frozenset("action method".split()),
        frozenset("AiSession Autopilot Conversation ConversationRelay ConversationRelaySession Room Stream VirtualAgent".split()),
    ),
    "Conversation": (  # attributes, then children
        frozenset("inboundAutocreation inboundTimeout method record recordingStatusCallback recordingStatusCallbackEvent recordingStatusCallbackMethod routingAssignmentTimeout serviceInstanceSid statusCallback statusCallbackEvent statusCallbackMethod trim url".split()),
        frozenset(),
    ),
    "ConversationRelay": (  # attributes, then children
        frozenset("applicationReconnect asrSmartFormat backgroundNoiseReduction customerName debug deepgramSmartFormat dtmfDetection eagerEotThreshold echoPromptFiltering elevenlabsLanguageTextNormalization elevenlabsTextNormalization events hints ignoreBackchannel includeInPrompt intelligenceService interruptSensitivity interruptible language partialPromptOnHangup partialPrompts preemptible profanityFilter reportInputDuringAgentSpeech speechModel speechTimeout transcriptionLanguage transcriptionProvider ttsLanguage ttsLanguageTextNormalization ttsProvider ttsTextNormalization turnDetection url voice welcomeGreeting welcomeGreetingInterruptible".split()),
        frozenset("Language Parameter".split()),
    ),
    "ConversationRelaySession": (  # attributes, then children
        frozenset("connector sessionConfiguration".split()),
        frozenset(),
    ),
    "Dial": (  # attributes, then children
        frozenset("action answerOnBridge callerId events hangupOnStar method passports record recordingConfigurationId recordingStatusCallback recordingStatusCallbackEvent recordingStatusCallbackMethod recordingTrack referMethod referUrl ringTone sequential timeLimit timeout trim".split()),
        frozenset("Application Client Conference Number Queue Sim Sip WhatsApp".split()),
    ),
    "Echo": (  # attributes, then children
        frozenset(),
        frozenset(),
    ),
    "Enqueue": (  # attributes, then children
        frozenset("action maxQueueSize method waitUrl waitUrlMethod workflowSid".split()),
        frozenset("Task".split()),
    ),
    "Gather": (  # attributes, then children
        frozenset("action actionOnEmptyResult bargeIn debug enhanced finishOnKey hints input language maxSpeechTime method numDigits partialResultCallback partialResultCallbackMethod profanityFilter speechModel speechTimeout timeout".split()),
        frozenset("Pause Play Say".split()),
    ),
    "Hangup": (  # attributes, then children
        frozenset(),
        frozenset("Parameter".split()),
    ),
    "Header": (  # attributes, then children
        frozenset("name value".split()),
        frozenset(),
    ),
    "Headers": (  # attributes, then children
        frozenset(),
        frozenset("Header".split()),
    ),
    "Identity": (  # attributes, then children
        frozenset(),
        frozenset(),
    ),
    "Language": (  # attributes, then children
        frozenset("asrSmartFormat code hints speechModel transcriptionProvider ttsLanguageTextNormalization ttsProvider ttsTextNormalization voice".split()),
        frozenset(),
    ),
    "Leave": (  # attributes, then children
        frozenset(),
        frozenset(),
    ),
    "Number": (  # attributes, then children
        frozenset("amdStatusCallback amdStatusCallbackMethod byoc machineDetection machineDetectionSilenceTimeout machineDetectionSpeechEndThreshold machineDetectionSpeechThreshold machineDetectionTimeout method sendDigits statusCallback statusCallbackEvent statusCallbackMethod url".split()),
        frozenset(),
    ),
    "Parameter": (  # attributes, then children
        frozenset("name value".split()),
        frozenset(),
    ),
    "Pause": (  # attributes, then children
        frozenset("length".split()),
        frozenset(),
    ),
    "Pay": (  # attributes, then children
        frozenset("action bankAccountType chargeAmount currency description input language maxAttempts minPostalCodeLength paymentConnector paymentMethod postalCode securityCode statusCallback statusCallbackMethod timeout tokenType validCardTypes".split()),
        frozenset("Parameter Prompt".split()),
    ),
    "Play": (  # attributes, then children
        frozenset("digits loop".split()),
        frozenset(),
    ),
    "Prompt": (  # attributes, then children
        frozenset("attempt cardType errorType for requireMatchingInputs".split()),
        frozenset("Pause Play Say".split()),
    ),
    "Queue": (  # attributes, then children
        frozenset("method postWorkActivitySid reservationSid url".split()),
        frozenset(),
    ),
    "Record": (  # attributes, then children
        frozenset("action finishOnKey maxLength method playBeep recordingConfigurationId recordingStatusCallback recordingStatusCallbackEvent recordingStatusCallbackMethod timeout transcribe transcribeCallback trim".split()),
        frozenset(),
    ),
    "Recording": (  # attributes, then children
        frozenset("channels recordingConfigurationId recordingStatusCallback recordingStatusCallbackEvent recordingStatusCallbackMethod track trim".split()),
        frozenset(),
    ),
    "Redirect": (  # attributes, then children
        frozenset("method".split()),
        frozenset(),
    ),
    "Refer": (  # attributes, then children
        frozenset("action method".split()),
        frozenset("Sip".split()),
    ),
    "Reject": (  # attributes, then children
        frozenset("reason".split()),
        frozenset("Parameter".split()),
    ),
    "Response": (  # attributes, then children
        frozenset(),
        frozenset("Connect Dial Echo Enqueue Gather Hangup Leave Pause Pay Play Prompt Queue Record Redirect Refer Reject Say Sms Start Stop".split()),
    ),
    "Room": (  # attributes, then children
        frozenset("participantIdentity".split()),
        frozenset(),
    ),
    "Say": (  # attributes, then children
        frozenset("language loop voice".split()),
        frozenset("break emphasis lang p phoneme prosody s say-as sub w".split()),
    ),
    "Sim": (  # attributes, then children
        frozenset(),
        frozenset(),
    ),
    "Sip": (  # attributes, then children
        frozenset("amdStatusCallback amdStatusCallbackMethod machineDetection machineDetectionSilenceTimeout machineDetectionSpeechEndThreshold machineDetectionSpeechThreshold machineDetectionTimeout method password statusCallback statusCallbackEvent statusCallbackMethod url username".split()),
        frozenset("Headers Uri".split()),
    ),
    "Siprec": (  # attributes, then children
        frozenset("connectorName name statusCallback statusCallbackMethod track".split()),
        frozenset("Parameter".split()),
    ),
    "Sms": (  # attributes, then children
        frozenset("action from method statusCallback to".split()),
        frozenset(),
    ),
    "Start": (  # attributes, then children
        frozenset("action method".split()),
        frozenset("Recording Siprec Stream Transcription".split()),
    ),
    "Stop": (  # attributes, then children
        frozenset(),
        frozenset("Siprec Stream Transcription".split()),
    ),
    "Stream": (  # attributes, then children
        frozenset("audioFormat connectorName name sampleRate statusCallback statusCallbackMethod track url".split()),
        frozenset("Parameter".split()),
    ),
    "Task": (  # attributes, then children
        frozenset("priority timeout".split()),
        frozenset(),
    ),
    "Transcription": (  # attributes, then children
        frozenset("enableAutomaticPunctuation hints inboundTrackLabel intelligenceService languageCode name outboundTrackLabel partialResults profanityFilter speechModel statusCallbackMethod statusCallbackUrl track transcriptionEngine".split()),
        frozenset("Config Parameter".split()),
    ),
    "Uri": (  # attributes, then children
        frozenset("password priority username weight".split()),
        frozenset(),
    ),
    "VirtualAgent": (  # attributes, then children
        frozenset("connectorName language sentimentAnalysis statusCallback statusCallbackMethod".split()),
        frozenset("Config Parameter".split()),
    ),
    "WhatsApp": (  # attributes, then children
        frozenset("method statusCallback statusCallbackEvent statusCallbackMethod url".split()),
        frozenset(),
    ),
    "break": (  # attributes, then children
        frozenset("strength time".split()),
        frozenset(),
    ),
    "emphasis": (  # attributes, then children
        frozenset("level".split()),
        frozenset("break emphasis lang phoneme prosody say-as sub w".split()),
    ),
    "lang": (  # attributes, then children
        frozenset("xml:lang".split()),
        frozenset("break emphasis lang p phoneme prosody s say-as sub w".split()),
    ),
    "p": (  # attributes, then children
        frozenset(),
        frozenset("break emphasis lang phoneme prosody s say-as sub w".split()),
    ),
    "phoneme": (  # attributes, then children
        frozenset("alphabet ph".split()),
        frozenset(),
    ),
    "prosody": (  # attributes, then children
        frozenset("pitch rate volume".split()),
        frozenset("break emphasis lang p phoneme prosody s say-as sub w".split()),
    ),
    "s": (  # attributes, then children
        frozenset(),
        frozenset("break emphasis lang phoneme prosody say-as sub w".split()),
    ),
    "say-as": (  # attributes, then children
        frozenset("format interpret-as".split()),
        frozenset(),
    ),
    "sub": (  # attributes, then children
        frozenset("alias".split()),
        frozenset(),
    ),
    "w": (  # attributes, then children
        frozenset("role".split()),
        frozenset("break emphasis phoneme prosody say-as sub".split()),
    ),
}
