using CnnViz.Inference.Requests;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

internal sealed partial class InferenceGrpcService
{
    private const int DefaultPageSize = 100;

    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context)
    {
        var size = Fields.InRange("page_size", request.PageSize, 0, 1000);
        size = size == 0 ? DefaultPageSize : size;
        var response = new ListModelsResponse();

        // A page token is the last name of the page before: it stays right when models come and go in between.
        var after = models.Entries()
            .Where(entry => string.CompareOrdinal(entry.Name, request.PageToken) > 0)
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .Take(size + 1)
            .ToList();
        foreach (var entry in after.Take(size))
        {
            response.Models.Add(new ModelEntry
            {
                Name = entry.Name,
                Description = entry.Description,
                Available = entry is { Installed: true, LoadError: null },
                Untrained = entry.Untrained,
                WeightsFile = entry.WeightsFile,
                UnavailableReason = entry.LoadError ?? (entry.MissingFile is { } file ? $"{file} is missing" : ""),
            });
        }

        response.NextPageToken = after.Count > size ? after[size - 1].Name : "";
        return Task.FromResult(response);
    }
}
