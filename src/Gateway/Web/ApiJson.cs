using System.Text.Json.Serialization;
using Gateway.Web.Messages;

namespace Gateway.Web;

/// <summary>
/// All documents of the API, serialized by generated code. A member that is not known or comes twice is refused: a
/// misspelled "occurrence" must not acknowledge another one.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SiteMessage))]
[JsonSerializable(typeof(HealthMessage))]
[JsonSerializable(typeof(TagListMessage))]
[JsonSerializable(typeof(TagDetailMessage))]
[JsonSerializable(typeof(TagChangesMessage))]
[JsonSerializable(typeof(LineListMessage))]
[JsonSerializable(typeof(AlarmListMessage))]
[JsonSerializable(typeof(AlarmChangesMessage))]
[JsonSerializable(typeof(ComplianceListMessage))]
[JsonSerializable(typeof(HeartbeatMessage))]
[JsonSerializable(typeof(AlarmActRequest))]
[JsonSerializable(typeof(OutputWriteRequest))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(SessionMessage))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ApiJson : JsonSerializerContext;
