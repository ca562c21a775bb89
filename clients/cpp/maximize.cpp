// Finds the pictures that most excite filters of a network, shows how the search goes, and saves the result.
#include <charconv>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <openssl/sha.h>

#include "cnnviz/v1/render.grpc.pb.h"
#include "credentials.h"

namespace v1 = cnnviz::v1;

namespace {

constexpr auto usage =
    "usage: maximize [--endpoint HOST:PORT] [--model nanodet] [--layer Add_10] [--filters 0-7,12]\n"
    "                [--recipe lucid|keras] [--steps N] [--size PIXELS] [--seed N] -o FILE\n"
    "                [--ca FILE] [--cert FILE --key FILE] [--api-key KEY]\n";

using Options = std::map<std::string, std::string, std::less<>>;

struct UsageError : std::runtime_error {
  using runtime_error::runtime_error;
};

template <typename Number>
Number parse(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw UsageError("'" + std::string(text) + "' is not a whole number");
  }
  return value;
}

Options read_options(int count, char** arguments) {
  Options options{{"--endpoint", "127.0.0.1:5002"}, {"--model", "nanodet"}, {"--layer", "Add_10"}, {"--filters", "0-7"},
                  {"--recipe", "lucid"},            {"--steps", ""},        {"--size", ""},        {"--seed", ""},
                  {"-o", ""},               {"--ca", ""},           {"--cert", ""},         {"--key", ""},
                  {"--api-key", ""}};
  for (int i = 1; i < count; i += 2) {
    const auto option = options.find(arguments[i]);
    if (option == options.end() || i + 1 == count) throw UsageError("'" + std::string(arguments[i]) + "' is not understood");
    option->second = arguments[i + 1];
  }
  if (options["-o"].empty()) throw UsageError("-o FILE is needed");
  return options;
}

// "0-7,12" as 0, 1, ..., 7, 12.
std::vector<int> filter_numbers(std::string_view text) {
  std::vector<int> filters;
  while (true) {
    const auto comma = text.find(',');
    const auto part = text.substr(0, comma);
    const auto dash = part.find('-');
    const int first = parse<int>(part.substr(0, dash));
    const int last = dash == part.npos ? first : parse<int>(part.substr(dash + 1));
    if (last < first || last - first >= 512) {
      throw UsageError("'" + std::string(part) + "' is no upward range of at most 512 filters");
    }
    for (int filter = first; filter <= last; ++filter) filters.push_back(filter);
    if (comma == text.npos) return filters;
    text.remove_prefix(comma + 1);
  }
}

v1::RenderMaximizationRequest make_request(const Options& options) {
  v1::RenderMaximizationRequest request;
  auto& maximize = *request.mutable_maximize();
  maximize.set_model(options.at("--model"));
  maximize.set_layer(options.at("--layer"));
  for (const int filter : filter_numbers(options.at("--filters"))) maximize.add_filters(filter);

  auto& settings = *maximize.mutable_settings();  // What is not set takes the recipe's default.
  const auto& recipe = options.at("--recipe");
  if (recipe != "lucid" && recipe != "keras") throw UsageError("'" + recipe + "' is neither lucid nor keras");
  settings.set_recipe(recipe == "keras" ? v1::RECIPE_KERAS : v1::RECIPE_LUCID);
  if (const auto& steps = options.at("--steps"); !steps.empty()) settings.set_steps(parse<int>(steps));
  if (const auto& size = options.at("--size"); !size.empty()) {
    settings.set_height(parse<int>(size));
    settings.set_width(settings.height());
  }
  if (const auto& seed = options.at("--seed"); !seed.empty()) settings.set_seed(parse<std::uint64_t>(seed));
  return request;
}

// A line for every tenth of the run.
class Progress {
 public:
  void show(const v1::MaximizationEvent& event) {
    if (event.has_started()) {
      const auto& run = event.started();
      std::cerr << run.execution().model() << ' ' << run.layer() << ": " << run.filters_size() << " filters, " << run.width()
                << " x " << run.height() << " px, " << run.steps() << " steps, recipe " << run.recipe() << ", "
                << run.execution().engine() << " on " << run.execution().device() << '\n';
    } else if (event.has_progress()) {
      show(event.progress());
    } else if (event.has_completed()) {
      std::cerr << "done in " << event.completed().seconds() << " s\n";
      for (const int filter : event.completed().zero_gradient_filters())
        std::cerr << "filter " << filter << " never had a gradient: it is dead\n";
    }
  }

 private:
  void show(const v1::MaximizationProgress& now) {
    const int tenth = static_cast<int>(now.fraction() * 10 + 1e-9);
    if (tenth == shown_) return;
    shown_ = tenth;
    const auto& filters = now.filters();
    const double sum = std::accumulate(
        filters.begin(), filters.end(), 0.0, [](double total, const auto& filter) { return total + filter.objective(); });
    std::cerr << tenth * 10 << " %  iteration " << now.iteration() << '/' << now.steps() << "  objective "
              << sum / std::max(1, filters.size()) << '\n';
  }

  int shown_ = -1;
};

struct ReceivedPicture {
  v1::PictureHeader header;
  std::string data;

  bool intact() const {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest);
    return !data.empty() && data.size() == header.byte_length() &&
           header.sha256() == std::string_view(reinterpret_cast<const char*>(digest), sizeof digest);
  }
};

grpc::Status maximize(const std::string& endpoint, const cnnviz::Credentials& credentials,
                      const v1::RenderMaximizationRequest& request, ReceivedPicture& picture) {
  const auto stub = v1::RenderService::NewStub(cnnviz::connect(endpoint, credentials));

  grpc::ClientContext context;  // The call ends with it, on the server too.
  cnnviz::authorize(context, credentials);
  const auto stream = stub->RenderMaximization(&context, request);
  Progress progress;
  for (v1::RenderMaximizationResponse message; stream->Read(&message);) {
    if (message.has_event()) {
      progress.show(message.event());
    } else if (message.has_picture()) {
      picture.header = message.picture();
    } else if (message.has_chunk()) {
      picture.data += message.chunk().data();
    }
  }
  return stream->Finish();
}

}  // namespace

int main(int count, char** arguments) try {
  const auto options = read_options(count, arguments);
  ReceivedPicture picture;
  const cnnviz::Credentials credentials{
      options.at("--ca"), options.at("--cert"), options.at("--key"), options.at("--api-key")};
  const auto status = maximize(options.at("--endpoint"), credentials, make_request(options), picture);
  if (!status.ok()) throw std::runtime_error(status.error_message());
  if (!picture.intact()) throw std::runtime_error("the picture is missing, cut short or damaged");

  const auto& file = options.at("-o");
  std::ofstream stream(file, std::ios::binary);
  if (!(stream << picture.data << std::flush)) throw std::runtime_error("cannot write " + file);
  std::cout << file << ": " << picture.header.width() << " x " << picture.header.height() << " px, " << picture.header.tiles()
            << " tiles. " << picture.header.caption() << '\n';
} catch (const UsageError& error) {
  std::cerr << error.what() << '\n' << usage;
  return 2;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
